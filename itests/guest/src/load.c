/* Work for the guest's memory and disks. Licensed under the Apache License, Version 2.0; see LICENSE. */
#define _GNU_SOURCE
#include "guestd.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/fs.h>

#define PAGE 4096
#define MAX_SAMPLES 200000

static unsigned dirty_run, scribble_run;
static int scribblers;
static uint64_t scribbles;

uint64_t load_scribbles(void) { return __atomic_load_n(&scribbles, __ATOMIC_RELAXED); }

/* --- memory --- */

struct dirty {
    unsigned run;
    size_t pages;
    unsigned long rate;
};

static void *dirty_body(void *argument) {
    struct dirty job = *(struct dirty *)argument;
    free(argument);
    size_t bytes = job.pages * PAGE;
    unsigned char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED) return NULL;
    uint64_t random = 88172645463325252ull, done = 0, begun = now_micros();
    while (__atomic_load_n(&dirty_run, __ATOMIC_ACQUIRE) == job.run) {
        uint64_t due = job.rate ? (now_micros() - begun) * job.rate / 1000000u : done + 256;
        for (; done < due; done++) memory[(next_random(&random) % job.pages) * PAGE]++;
        if (job.rate) usleep(2000);
    }
    munmap(memory, bytes);
    return NULL;
}

/* "dirty MIB PAGES_PER_SECOND": 0 pages means as fast as can be, 0 MiB means no more */
void load_dirty(const char *arguments, char *reply, size_t size) {
    unsigned long mib = 0, rate = 0;
    sscanf(arguments, "%lu %lu", &mib, &rate);
    unsigned run = __atomic_add_fetch(&dirty_run, 1, __ATOMIC_ACQ_REL);
    if (mib) {
        struct dirty *job = malloc(sizeof *job);
        if (!job) fatal("memory");
        *job = (struct dirty){.run = run, .pages = mib * 256, .rate = rate};
        start_thread(dirty_body, job);
    }
    snprintf(reply, size, "ok");
}

/* --- disks --- */

struct scribble {
    unsigned run;
    int fd;
    uint64_t bytes, seed;
};

static uint64_t device_bytes(int fd) {
    uint64_t bytes = 0;
    if (ioctl(fd, BLKGETSIZE64, &bytes)) bytes = 0;
    return bytes;
}

static void *scribble_body(void *argument) {
    struct scribble job = *(struct scribble *)argument;
    free(argument);
    uint64_t random = job.seed * 2654435761u + 1;
    uint64_t *data = aligned_alloc(PAGE, 16 * PAGE);
    while (data && __atomic_load_n(&scribble_run, __ATOMIC_ACQUIRE) == job.run) {
        /* one to 128 sectors anywhere; every now and then a flush or a discard */
        uint64_t sectors = 1 + next_random(&random) % 128, what = next_random(&random) % 64;
        uint64_t offset = next_random(&random) % (job.bytes / SECTOR - sectors) * SECTOR;
        if (what == 0) {
            fdatasync(job.fd);
        } else if (what == 1) {
            uint64_t range[2] = {offset & ~(uint64_t)(PAGE - 1), 8 * PAGE};
            if (range[0] + range[1] <= job.bytes) ioctl(job.fd, BLKDISCARD, range);
        } else {
            for (size_t i = 0; i < sectors * SECTOR / 8; i += 8) data[i] = next_random(&random);
            if (pwrite(job.fd, data, sectors * SECTOR, (off_t)offset) != (ssize_t)(sectors * SECTOR)) break;
        }
        __atomic_add_fetch(&scribbles, 1, __ATOMIC_RELAXED);
    }
    free(data);
    close(job.fd);
    __atomic_sub_fetch(&scribblers, 1, __ATOMIC_ACQ_REL);
    return NULL;
}

/* "scribble DEVICE THREADS SEED": random writes past the cache until "quiesce" */
void load_scribble(const char *arguments, char *reply, size_t size) {
    char name[32], device[64];
    unsigned threads = 1, seed = 1;
    if (sscanf(arguments, "%31s %u %u", name, &threads, &seed) < 1) {
        snprintf(reply, size, "error scribble DEVICE THREADS SEED");
        return;
    }
    snprintf(device, sizeof device, "/dev/%s", name);
    for (unsigned i = 0; i < threads; i++) {
        int fd = open(device, O_RDWR | O_DIRECT | O_CLOEXEC);
        struct scribble *job = malloc(sizeof *job);
        if (fd < 0 || !job) {
            snprintf(reply, size, "error %s: %s", device, strerror(errno));
            free(job);
            return;
        }
        *job = (struct scribble){.run = scribble_run, .fd = fd, .bytes = device_bytes(fd), .seed = seed + i};
        __atomic_add_fetch(&scribblers, 1, __ATOMIC_ACQ_REL);
        start_thread(scribble_body, job);
    }
    snprintf(reply, size, "ok");
}

/* ends the scribbling and the dirtying, and makes everything durable */
void load_quiesce(char *reply, size_t size) {
    __atomic_add_fetch(&scribble_run, 1, __ATOMIC_ACQ_REL);
    __atomic_add_fetch(&dirty_run, 1, __ATOMIC_ACQ_REL);
    while (__atomic_load_n(&scribblers, __ATOMIC_ACQUIRE)) usleep(2000);
    sync();
    snprintf(reply, size, "ok %llu", (unsigned long long)load_scribbles());
}

/* --- measurements --- */

static int by_value(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void percentiles(uint32_t *samples, size_t count, uint64_t micros, char *reply, size_t size) {
    if (!count) {
        snprintf(reply, size, "error no samples");
        return;
    }
    qsort(samples, count, sizeof *samples, by_value);
    snprintf(reply, size, "ok count=%zu micros=%llu p50=%u p95=%u p99=%u max=%u", count, (unsigned long long)micros,
             samples[count / 2], samples[count * 95 / 100], samples[count * 99 / 100], samples[count - 1]);
}

/* "fsync COUNT": appends 4 KiB to a file and fsyncs it, COUNT times */
void load_fsync(const char *arguments, char *reply, size_t size) {
    size_t count = strtoul(arguments, NULL, 10), done = 0;
    if (count == 0 || count > MAX_SAMPLES) count = 100;
    uint32_t *samples = malloc(count * sizeof *samples);
    int fd = open("/data/fsync", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    static char block[PAGE];
    uint64_t begun = now_micros();
    while (samples && fd >= 0 && done < count) {
        uint64_t before = now_micros();
        if (write(fd, block, sizeof block) != sizeof block || fsync(fd)) break;
        samples[done++] = (uint32_t)(now_micros() - before);
    }
    percentiles(samples, done, now_micros() - begun, reply, size);
    if (fd >= 0) close(fd);
    unlink("/data/fsync");
    free(samples);
}

struct random_io {
    int fd;
    bool writing;
    size_t block;
    uint64_t bytes, until, seed;
    uint32_t *samples;
    size_t capacity, *count;
    pthread_mutex_t *lock;
};

static void *random_body(void *argument) {
    struct random_io *job = argument;
    uint64_t random = job->seed;
    char *data = aligned_alloc(PAGE, job->block);
    memset(data, 'k', job->block);
    while (now_micros() < job->until) {
        off_t offset = (off_t)(next_random(&random) % (job->bytes / job->block) * job->block);
        uint64_t before = now_micros();
        ssize_t n = job->writing ? pwrite(job->fd, data, job->block, offset) : pread(job->fd, data, job->block, offset);
        if (n != (ssize_t)job->block) break;
        uint32_t took = (uint32_t)(now_micros() - before);
        pthread_mutex_lock(job->lock);
        if (*job->count < job->capacity) job->samples[(*job->count)++] = took;
        pthread_mutex_unlock(job->lock);
    }
    free(data);
    return NULL;
}

/* "random DEVICE read|write BLOCK_BYTES THREADS MILLIS": random I/O past the cache */
void load_random(const char *arguments, char *reply, size_t size) {
    enum { MOST = 64 };
    char name[32], device[64], kind[8];
    unsigned block = 4096, threads = 1, millis = 1000;
    if (sscanf(arguments, "%31s %7s %u %u %u", name, kind, &block, &threads, &millis) != 5 || threads > MOST ||
        block % SECTOR || block == 0) {
        snprintf(reply, size, "error random DEVICE read|write BLOCK_BYTES THREADS MILLIS");
        return;
    }
    snprintf(device, sizeof device, "/dev/%s", name);
    int fd = open(device, O_RDWR | O_DIRECT | O_CLOEXEC);
    if (fd < 0) {
        snprintf(reply, size, "error %s: %s", device, strerror(errno));
        return;
    }
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    size_t count = 0;
    uint32_t *samples = malloc(MAX_SAMPLES * sizeof *samples);
    struct random_io jobs[MOST];
    pthread_t workers[MOST];
    uint64_t begun = now_micros();
    for (unsigned i = 0; samples && i < threads; i++) {
        jobs[i] = (struct random_io){.fd = fd,
                                     .writing = !strcmp(kind, "write"),
                                     .block = block,
                                     .bytes = device_bytes(fd),
                                     .until = begun + (uint64_t)millis * 1000,
                                     .seed = 77 + i,
                                     .samples = samples,
                                     .capacity = MAX_SAMPLES,
                                     .count = &count,
                                     .lock = &lock};
        pthread_create(&workers[i], NULL, random_body, &jobs[i]);
    }
    for (unsigned i = 0; samples && i < threads; i++) pthread_join(workers[i], NULL);
    percentiles(samples, count, now_micros() - begun, reply, size);
    free(samples);
    close(fd);
}
