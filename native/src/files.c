/* Descriptors, mappings, files and block devices. */
#define _GNU_SOURCE
#include "kemari.h"

#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

KEMARI_API int kemari_abi(void) { return KEMARI_ABI; }

/* "No such file or directory (ENOENT)" into a buffer. */
KEMARI_API int kemari_strerror(int number, char *text, int capacity) {
    const char *name = strerrorname_np(number);
    char buffer[128];
    const char *description = strerror_r(number, buffer, sizeof buffer);
    size_t length = 0;
    const char *parts[] = {description, " (", name ? name : "unknown", ")"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        size_t part = strlen(parts[i]);
        if (length + part >= (size_t)capacity) break;
        memcpy(text + length, parts[i], part);
        length += part;
    }
    text[length] = 0;
    return (int)length;
}

/* Modes: 0 read, 1 read and write, 2 create if missing, 3 create and fail if it exists; 4 a path only. */
KEMARI_API int kemari_open(const char *path, int mode) {
    static const int flags[] = {O_RDONLY, O_RDWR, O_RDWR | O_CREAT, O_RDWR | O_CREAT | O_EXCL, O_PATH};
    if (mode < 0 || mode >= (int)(sizeof flags / sizeof *flags)) return -EINVAL;
    return (int)KEMARI_RESULT(open(path, flags[mode] | O_CLOEXEC | O_NOCTTY, 0600));
}

/* A new named pipe that nobody else may open, and its reading end, which does not block. */
KEMARI_API int kemari_fifo(const char *path) {
    if (mkfifo(path, 0600) < 0) return -errno;
    return (int)KEMARI_RESULT(open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW));
}

/* Sets how much a pipe takes before its writer has to wait. Returns the bytes that it is now. */
KEMARI_API int kemari_pipe_capacity(int fd, int bytes) { return (int)KEMARI_RESULT(fcntl(fd, F_SETPIPE_SZ, bytes)); }

/* What is there, at most length; -EAGAIN if nothing is but somebody writes, 0 if nobody does. */
KEMARI_API int64_t kemari_pipe_read(int fd, void *memory, uint64_t length) {
    return KEMARI_RESULT(read(fd, memory, length));
}

KEMARI_API int kemari_close(int fd) { return close(fd) < 0 && errno != EINTR ? -errno : 0; }

KEMARI_API int kemari_duplicate(int fd) { return (int)KEMARI_RESULT(fcntl(fd, F_DUPFD_CLOEXEC, 0)); }

/* 1 if the descriptor is open. */
KEMARI_API int kemari_is_open(int fd) { return fcntl(fd, F_GETFD) >= 0; }

KEMARI_API int64_t kemari_size(int fd) {
    struct stat status;
    if (fstat(fd, &status) < 0) return -errno;
    if (S_ISBLK(status.st_mode)) {
        uint64_t bytes = 0;
        if (ioctl(fd, BLKGETSIZE64, &bytes) < 0) return -errno;
        return (int64_t)bytes;
    }
    return status.st_size;
}

/* What it is: 1 a regular file, 2 a block device, 0 something else. */
KEMARI_API int kemari_kind(int fd) {
    struct stat status;
    if (fstat(fd, &status) < 0) return -errno;
    return S_ISREG(status.st_mode) ? 1 : S_ISBLK(status.st_mode) ? 2 : 0;
}

/* One of the two numbers by which a file is known while it is open. */
KEMARI_API int64_t kemari_file_number(int fd, int device) {
    struct stat status;
    if (fstat(fd, &status) < 0) return -errno;
    return (int64_t)((device ? (uint64_t)status.st_dev : (uint64_t)status.st_ino) & INT64_MAX);
}

/*
 * Tells a file from another one that had the same name, or has the same inode number after it: a positive number made of
 * inode number and time of birth, where the file system knows that. 0 for a block device, whose numbers change with boots.
 */
KEMARI_API int64_t kemari_birth(int fd) {
    struct statx status;
    if (statx(fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_INO | STATX_BTIME, &status) < 0) return -errno;
    if (!S_ISREG(status.stx_mode)) return 0;
    uint64_t value = status.stx_ino * UINT64_C(0x9e3779b97f4a7c15);
    if (status.stx_mask & STATX_BTIME) {
        value ^= (uint64_t)status.stx_btime.tv_sec * UINT64_C(1000000000) + status.stx_btime.tv_nsec;
        value *= UINT64_C(0xbf58476d1ce4e5b9);
        value ^= value >> 31;
    }
    value &= INT64_MAX;
    return value ? (int64_t)value : 1;
}

/* Logical and physical sector size in bytes of a block device; the file system's block size for a file. */
KEMARI_API int kemari_sector_size(int fd, int physical) {
    struct stat status;
    if (fstat(fd, &status) < 0) return -errno;
    if (!S_ISBLK(status.st_mode)) return (int)status.st_blksize;
    unsigned int bytes = 0;
    int logical = 0;
    if (physical) return ioctl(fd, BLKPBSZGET, &bytes) < 0 ? -errno : (int)bytes;
    return ioctl(fd, BLKSSZGET, &logical) < 0 ? -errno : logical;
}

KEMARI_API int kemari_truncate(int fd, int64_t length) { return (int)KEMARI_RESULT(ftruncate(fd, length)); }

KEMARI_API int kemari_memfd(const char *name, int64_t length) {
    int fd = memfd_create(name, MFD_CLOEXEC);
    if (fd < 0) return -errno;
    if (ftruncate(fd, length) < 0) {
        int reason = errno;
        close(fd);
        return -reason;
    }
    return fd;
}

/* fd < 0: anonymous memory. */
KEMARI_API int64_t kemari_map(int fd, int64_t offset, uint64_t length, int writable) {
    int flags = fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE : MAP_SHARED;
    void *address = mmap(NULL, length, writable ? PROT_READ | PROT_WRITE : PROT_READ, flags, fd, offset);
    return address == MAP_FAILED ? -errno : (int64_t)(intptr_t)address;
}

KEMARI_API int kemari_unmap(void *address, uint64_t length) { return (int)KEMARI_RESULT(munmap(address, length)); }

/* Moves whole vectors, however the kernel cuts them. Returns the bytes moved: less only at the end of the file. The
 * array is as it was when this returns. */
static int64_t transfer(int fd, struct iovec *vectors, int count, int64_t offset, int writing) {
    int64_t done = 0;
    while (count > 0) {
        int batch = count > 1024 ? 1024 : count;
        int64_t moved = KEMARI_RESULT(
            writing ? pwritev(fd, vectors, batch, offset + done) : preadv(fd, vectors, batch, offset + done));
        if (moved < 0) return moved;
        if (moved == 0) {
            uint64_t wanted = 0;
            for (int i = 0; i < batch; i++) wanted += vectors[i].iov_len;
            if (wanted != 0) return writing ? -ENOSPC : done;
        }
        done += moved;
        while (count > 0 && (uint64_t)moved >= vectors->iov_len) {
            moved -= (int64_t)vectors->iov_len;
            vectors++;
            count--;
        }
        if (moved > 0) {
            /* The kernel stopped inside of a vector: finish this one alone. */
            struct iovec rest = {(char *)vectors->iov_base + moved, vectors->iov_len - (size_t)moved};
            int64_t more = transfer(fd, &rest, 1, offset + done, writing);
            if (more < 0) return more;
            done += more;
            if ((uint64_t)more < rest.iov_len) return done;
            vectors++;
            count--;
        }
    }
    return done;
}

KEMARI_API int64_t kemari_read_vectors(int fd, struct iovec *vectors, int count, int64_t offset) {
    return transfer(fd, vectors, count, offset, 0);
}

KEMARI_API int64_t kemari_write_vectors(int fd, struct iovec *vectors, int count, int64_t offset) {
    return transfer(fd, vectors, count, offset, 1);
}

/* 1 if everything was in the page cache and has been read, 0 if it would block or there is less. */
KEMARI_API int kemari_read_cached(int fd, struct iovec *vectors, int count, int64_t offset, int64_t bytes) {
    if (count > 1024) return 0;
    int64_t moved = KEMARI_RESULT(preadv2(fd, vectors, count, offset, RWF_NOWAIT));
    if (moved == -EAGAIN || moved == -EOPNOTSUPP || moved == -ENOSYS) return 0;
    return moved < 0 ? (int)moved : moved == bytes;
}

KEMARI_API int64_t kemari_read_at(int fd, void *memory, uint64_t length, int64_t offset) {
    struct iovec vector = {memory, length};
    return transfer(fd, &vector, 1, offset, 0);
}

KEMARI_API int64_t kemari_write_at(int fd, void *memory, uint64_t length, int64_t offset) {
    struct iovec vector = {memory, length};
    return transfer(fd, &vector, 1, offset, 1);
}

KEMARI_API int kemari_flush(int fd) { return (int)KEMARI_RESULT(fdatasync(fd)); }

/* 1 done, 0 not supported here. Does not change the file's size. */
KEMARI_API int kemari_discard(int fd, int64_t offset, int64_t length) {
    int kind = kemari_kind(fd);
    if (kind < 0) return kind;
    int64_t result;
    if (kind == 2) {
        uint64_t range[2] = {(uint64_t)offset, (uint64_t)length};
        result = KEMARI_RESULT(ioctl(fd, BLKDISCARD, range));
    } else {
        result = KEMARI_RESULT(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length));
    }
    if (result == -EOPNOTSUPP || result == -ENOSYS || result == -ENOTTY || result == -EINVAL) return 0;
    return result < 0 ? (int)result : 1;
}

/* 1 done, 0 not supported here: the caller writes zeroes itself. */
KEMARI_API int kemari_write_zeroes(int fd, int64_t offset, int64_t length, int may_unmap) {
    int64_t result = -EOPNOTSUPP;
    /* A hole reads as zeroes; on a device the same call is the command WRITE ZEROES with leave to unmap. */
    if (may_unmap)
        result = KEMARI_RESULT(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length));
    if (result < 0)
        result = KEMARI_RESULT(fallocate(fd, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, offset, length));
    if (result == -EOPNOTSUPP || result == -ENOSYS || result == -EINVAL || result == -ENODEV) return 0;
    return result < 0 ? (int)result : 1;
}

/* Gives a range of a file its space now, so that writing into a mapping of it cannot fail later. */
KEMARI_API int kemari_reserve(int fd, int64_t offset, int64_t length) {
    return (int)KEMARI_RESULT(fallocate(fd, 0, offset, length));
}

/* Drops a range of a file: it reads as zeroes and takes no space. */
KEMARI_API int kemari_punch_hole(int fd, int64_t offset, int64_t length) {
    return (int)KEMARI_RESULT(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length));
}

KEMARI_API int64_t kemari_free_bytes(const char *path) {
    struct statvfs status;
    if (statvfs(path, &status) < 0) return -errno;
    return (int64_t)((uint64_t)status.f_bavail * status.f_frsize);
}

/* Makes a directory that is nobody else's business; an existing one must be a directory of ours and is narrowed. */
KEMARI_API int kemari_private_directory(const char *path) {
    if (mkdir(path, 0700) == 0) return 0;
    if (errno != EEXIST) return -errno;
    struct stat status;
    if (lstat(path, &status) < 0) return -errno;
    if (!S_ISDIR(status.st_mode)) return -ENOTDIR;
    if (status.st_uid != geteuid()) return -EPERM;
    if ((status.st_mode & 077) && chmod(path, status.st_mode & 0700) < 0) return -errno;
    return 0;
}
