/* eventfd, epoll, unix sockets with descriptors, processes. */
#define _GNU_SOURCE
#include "kemari.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#define MAX_FDS 64
#define MAX_EVENTS 256

KEMARI_API int kemari_eventfd(void) { return (int)KEMARI_RESULT(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }

/* A full counter is as good as a signal. */
KEMARI_API int kemari_signal(int fd) {
    uint64_t one = 1;
    int64_t result = KEMARI_RESULT(write(fd, &one, sizeof one));
    return result < 0 && result != -EAGAIN ? (int)result : 0;
}

/* 1 if it had been signalled. Never blocks, even if the other side made the descriptor blocking. */
KEMARI_API int kemari_drain(int fd) {
    struct pollfd ready = {fd, POLLIN, 0};
    uint64_t count;
    int64_t result = KEMARI_RESULT(poll(&ready, 1, 0));
    if (result <= 0) return (int)result;
    result = KEMARI_RESULT(read(fd, &count, sizeof count));
    if (result == -EAGAIN) return 0;
    return result < 0 ? (int)result : result == sizeof count;
}

KEMARI_API int kemari_epoll(void) { return (int)KEMARI_RESULT(epoll_create1(EPOLL_CLOEXEC)); }

KEMARI_API int kemari_epoll_add(int epoll, int fd, int64_t token) {
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = (uint64_t)token};
    return (int)KEMARI_RESULT(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
}

KEMARI_API int kemari_epoll_remove(int epoll, int fd) {
    return (int)KEMARI_RESULT(epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL));
}

/* Tokens of what is readable (or closed by its peer, or broken). An interrupted wait returns 0. */
KEMARI_API int kemari_epoll_wait(int epoll, int64_t *tokens, int capacity, int timeout) {
    struct epoll_event events[MAX_EVENTS];
    int count = epoll_wait(epoll, events, capacity < MAX_EVENTS ? capacity : MAX_EVENTS, timeout);
    if (count < 0) return errno == EINTR ? 0 : -errno;
    for (int i = 0; i < count; i++) tokens[i] = (int64_t)events[i].data.u64;
    return count;
}

static int address_of(struct sockaddr_un *address, const char *path) {
    size_t length = strlen(path);
    if (length >= sizeof address->sun_path) return -ENAMETOOLONG;
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    memcpy(address->sun_path, path, length + 1);
    return 0;
}

static int fail(int fd) {
    int reason = errno;
    close(fd);
    return -reason;
}

KEMARI_API int kemari_connect(const char *path) {
    struct sockaddr_un address;
    int wrong = address_of(&address, path);
    if (wrong) return wrong;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    if (KEMARI_RESULT(connect(fd, (struct sockaddr *)&address, sizeof address)) < 0) return fail(fd);
    return fd;
}

/* Replaces a socket file that nobody listens on any more; never a file of another kind. */
KEMARI_API int kemari_listen(const char *path) {
    struct sockaddr_un address;
    int wrong = address_of(&address, path);
    if (wrong) return wrong;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        if (errno != EADDRINUSE) return fail(fd);
        struct stat status;
        int other = lstat(path, &status) == 0 && S_ISSOCK(status.st_mode) ? kemari_connect(path) : -EEXIST;
        if (other >= 0) close(other);
        if (other != -ECONNREFUSED) {
            errno = EADDRINUSE;
            return fail(fd);
        }
        if (unlink(path) < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0) return fail(fd);
    }
    if (listen(fd, 16) < 0) return fail(fd);
    return fd;
}

/* Waits for a connection, or for the eventfd: then -ECANCELED. */
KEMARI_API int kemari_accept(int listener, int stop) {
    for (;;) {
        struct pollfd ready[2] = {{stop, POLLIN, 0}, {listener, POLLIN, 0}};
        int64_t result = KEMARI_RESULT(poll(ready, 2, -1));
        if (result < 0) return (int)result;
        if (ready[0].revents) return -ECANCELED;
        int fd = (int)KEMARI_RESULT(accept4(listener, NULL, NULL, SOCK_CLOEXEC));
        if (fd != -EAGAIN && fd != -ECONNABORTED) return fd;
    }
}

/* Sends everything; the descriptors go with the first byte. */
KEMARI_API int64_t kemari_send(int fd, const char *bytes, uint64_t length, const int *fds, int fd_count) {
    union {
        struct cmsghdr align;
        char space[CMSG_SPACE(MAX_FDS * sizeof(int))];
    } control;
    if (fd_count > MAX_FDS || (fd_count > 0 && length == 0)) return -EINVAL;
    uint64_t done = 0;
    while (done < length) {
        struct iovec vector = {(void *)(uintptr_t)(bytes + done), length - done};
        struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
        if (fd_count > 0) {
            memset(&control, 0, sizeof control);
            message.msg_control = &control;
            message.msg_controllen = CMSG_SPACE((size_t)fd_count * sizeof(int));
            struct cmsghdr *header = CMSG_FIRSTHDR(&message);
            header->cmsg_level = SOL_SOCKET;
            header->cmsg_type = SCM_RIGHTS;
            header->cmsg_len = CMSG_LEN((size_t)fd_count * sizeof(int));
            memcpy(CMSG_DATA(header), fds, (size_t)fd_count * sizeof(int));
        }
        int64_t sent = KEMARI_RESULT(sendmsg(fd, &message, MSG_NOSIGNAL));
        if (sent == -EAGAIN) {
            struct pollfd ready = {fd, POLLOUT, 0};
            sent = KEMARI_RESULT(poll(&ready, 1, -1));
            if (sent < 0) return sent;
            continue;
        }
        if (sent < 0) return sent;
        done += (uint64_t)sent;
        fd_count = 0;
    }
    return (int64_t)done;
}

/* Receives what is there (at least a byte, 0 at the end). *fd_count: in the room of fds, out how many came. If more
 * descriptors came than there was room for, none of them survives and the result is -EMFILE. */
KEMARI_API int64_t kemari_receive(int fd, char *bytes, uint64_t length, int *fds, int *fd_count) {
    union {
        struct cmsghdr align;
        char space[CMSG_SPACE(MAX_FDS * sizeof(int))];
    } control;
    int room = *fd_count < MAX_FDS ? *fd_count : MAX_FDS;
    struct iovec vector = {bytes, length};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
    *fd_count = 0;
    int64_t received;
    do {
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
        received = KEMARI_RESULT(recvmsg(fd, &message, MSG_CMSG_CLOEXEC));
        if (received == -EAGAIN) {
            struct pollfd ready = {fd, POLLIN, 0};
            int64_t polled = KEMARI_RESULT(poll(&ready, 1, -1));
            if (polled < 0) return polled;
        }
    } while (received == -EAGAIN);
    if (received < 0) return received;
    int lost = message.msg_flags & MSG_CTRUNC;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int one;
            memcpy(&one, CMSG_DATA(header) + i * sizeof(int), sizeof one);
            if (!lost && *fd_count < room) {
                fds[(*fd_count)++] = one;
            } else {
                lost = 1;
                close(one);
            }
        }
    }
    if (lost) {
        while (*fd_count > 0) close(fds[--*fd_count]);
        return -EMFILE;
    }
    return received;
}

KEMARI_API int kemari_shutdown(int fd) {
    int result = (int)KEMARI_RESULT(shutdown(fd, SHUT_RDWR));
    return result == -ENOTCONN ? 0 : result;
}

/* Process id of the other side of a connected unix socket. */
KEMARI_API int64_t kemari_peer_pid(int fd) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) return -errno;
    return peer.pid;
}

KEMARI_API int kemari_pidfd(int64_t pid) {
    return (int)KEMARI_RESULT(syscall(SYS_pidfd_open, (pid_t)pid, 0));
}

/* 1 if readable (a pidfd: the process is gone) within the time. */
KEMARI_API int kemari_poll(int fd, int timeout) {
    struct pollfd ready = {fd, POLLIN, 0};
    int result = poll(&ready, 1, timeout);
    if (result < 0) return errno == EINTR ? 0 : -errno;
    return result;
}

KEMARI_API int kemari_kill(int pidfd, int number) {
    return (int)KEMARI_RESULT(syscall(SYS_pidfd_send_signal, pidfd, number, NULL, 0));
}
