/* The guest's one program: process 1, all services. Licensed under the Apache License, Version 2.0; see LICENSE. */
#define _GNU_SOURCE
#include "guestd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

void fatal(const char *what) {
    fprintf(stderr, "guestd: %s: %s\n", what, strerror(errno));
    exit(1); /* process 1 ends: the kernel panics and the machine resets, which the host notices */
}

uint64_t now_micros(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

uint64_t next_random(uint64_t *state) {
    uint64_t x = *state;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return *state = x;
}

uint32_t crc32_of(const void *data, size_t length) {
    const unsigned char *byte = data;
    uint32_t crc = 0xffffffffu;
    for (size_t i = 0; i < length; i++) {
        crc ^= byte[i];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

bool peer_line(struct peer *peer, char *line, size_t size) {
    for (;;) {
        char *end = memchr(peer->buffer, '\n', peer->have);
        if (end) {
            size_t length = (size_t)(end - peer->buffer);
            if (length >= size) return false;
            memcpy(line, peer->buffer, length);
            line[length] = 0;
            peer->have -= length + 1;
            memmove(peer->buffer, end + 1, peer->have);
            return true;
        }
        if (peer->have == sizeof peer->buffer) return false;
        ssize_t n = read(peer->fd, peer->buffer + peer->have, sizeof peer->buffer - peer->have);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        peer->have += (size_t)n;
    }
}

bool peer_send(struct peer *peer, const void *data, size_t length) {
    const char *next = data;
    while (length > 0) {
        ssize_t n = send(peer->fd, next, length, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        next += n;
        length -= (size_t)n;
    }
    return true;
}

void start_thread(void *(*body)(void *), void *argument) {
    pthread_t thread;
    errno = pthread_create(&thread, NULL, body, argument);
    if (errno) fatal("thread");
    pthread_detach(thread);
}

struct connection {
    int fd;
    service service;
};

static void *connection_body(void *argument) {
    struct connection *connection = argument;
    struct peer peer = {.fd = connection->fd};
    connection->service(&peer);
    close(peer.fd);
    free(connection);
    return NULL;
}

struct listener {
    int fd;
    service service;
};

static void *listener_body(void *argument) {
    struct listener *listener = argument;
    for (;;) {
        int fd = accept(listener->fd, NULL, NULL);
        if (fd < 0) continue;
        int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct connection *connection = malloc(sizeof *connection);
        if (!connection) fatal("memory");
        *connection = (struct connection){.fd = fd, .service = listener->service};
        start_thread(connection_body, connection);
    }
    return NULL;
}

void serve(int port, service service) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct listener *listener = malloc(sizeof *listener);
    if (!listener) fatal("memory");
    listener->service = service;
    listener->fd = socket(AF_INET, SOCK_STREAM, 0);
    int on = 1;
    setsockopt(listener->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener->fd, (struct sockaddr *)&address, sizeof address) || listen(listener->fd, 64)) fatal("listen");
    start_thread(listener_body, listener);
}

static void echo_service(struct peer *peer) {
    char line[2048];
    while (peer_line(peer, line, sizeof line - 1)) {
        size_t length = strlen(line);
        line[length] = '\n';
        if (!peer_send(peer, line, length + 1)) return;
    }
}

/* "send N" makes the guest send N bytes; "receive N" makes it take N bytes and say "ok" */
static void bulk_service(struct peer *peer) {
    static const size_t chunk = 256 * 1024;
    char line[128], verb[16];
    unsigned long long bytes;
    char *data = calloc(1, chunk);
    if (!data) return;
    while (peer_line(peer, line, sizeof line) && sscanf(line, "%15s %llu", verb, &bytes) == 2) {
        bool sending = !strcmp(verb, "send");
        if (!sending) {
            bytes = bytes > peer->have ? bytes - peer->have : 0;
            peer->have = 0;
        }
        while (bytes > 0) {
            size_t want = bytes < chunk ? (size_t)bytes : chunk;
            if (sending) {
                if (!peer_send(peer, data, want)) goto out;
                bytes -= want;
            } else {
                ssize_t n = read(peer->fd, data, want);
                if (n <= 0) goto out;
                bytes -= (unsigned long long)n;
            }
        }
        if (!sending && !peer_send(peer, "ok\n", 3)) break;
    }
out:
    free(data);
}

/* What the kernel's command line has asked for, "MIB:RATE". */
static void begin_dirty(const char *wanted) {
    unsigned long mib, rate;
    if (!wanted || sscanf(wanted, "%lu:%lu", &mib, &rate) != 2 || !rate) return;
    char arguments[64], reply[64];
    snprintf(arguments, sizeof arguments, "%lu %lu", mib, rate);
    load_dirty(arguments, reply, sizeof reply);
}

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    raw_device = getenv("KEMARI_RAW");
    record_start();
    serve(PORT_RECORD, record_service);
    serve(PORT_ECHO, echo_service);
    serve(PORT_RAW, raw_service);
    serve(PORT_BULK, bulk_service);
    serve(PORT_CONTROL, control_service);
    serve(PORT_SHELL, shell_service);
    start_thread(power_button, NULL);
    begin_dirty(getenv("KEMARI_DIRTY"));
    printf("guestd: ready\n");
    fflush(stdout);
    for (;;) pause();
}
