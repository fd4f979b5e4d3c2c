/* Disk throughput for the bench. Licensed under the Apache License, Version 2.0; see LICENSE. */
#define _GNU_SOURCE
#include "guestd.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/fs.h>

#define ALIGNMENT 4096

enum { MOST_THREADS = 64, MOST_SAMPLES = 1 << 18 };

struct job {
    pthread_t thread;
    int fd;
    bool writing, sequential;
    size_t block;
    uint64_t from, bytes; /* the part of the disk that is this thread's */
    uint64_t until, seed;
    uint64_t requests; /* done in time */
    uint32_t *samples; /* the last of them, microseconds */
    size_t capacity;
    int error;
};

static void *job_body(void *argument) {
    struct job *job = argument;
    uint64_t blocks = job->bytes / job->block, next = 0, random = job->seed;
    char *data = aligned_alloc(ALIGNMENT, (job->block + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
    if (!data) {
        job->error = ENOMEM;
        return NULL;
    }
    memset(data, 'k', job->block);
    for (uint64_t before = now_micros(); before < job->until;) {
        uint64_t index = job->sequential ? next++ % blocks : next_random(&random) % blocks;
        off_t offset = (off_t)(job->from + index * job->block);
        ssize_t n = job->writing ? pwrite(job->fd, data, job->block, offset) : pread(job->fd, data, job->block, offset);
        if (n != (ssize_t)job->block) {
            job->error = n < 0 ? errno : EIO;
            break;
        }
        uint64_t after = now_micros();
        job->samples[job->requests++ % job->capacity] = (uint32_t)(after - before);
        before = after;
    }
    free(data);
    return NULL;
}

static int by_value(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void report(struct job *jobs, unsigned threads, uint32_t *samples, uint64_t micros, char *reply, size_t size) {
    uint64_t requests = 0;
    size_t count = 0;
    for (unsigned i = 0; i < threads; i++) {
        if (jobs[i].error) {
            snprintf(reply, size, "error thread %u: %s", i, strerror(jobs[i].error));
            return;
        }
        size_t kept = jobs[i].requests < jobs[i].capacity ? jobs[i].requests : jobs[i].capacity;
        memmove(samples + count, jobs[i].samples, kept * sizeof *samples);
        count += kept;
        requests += jobs[i].requests;
    }
    if (!count) {
        snprintf(reply, size, "error nothing done in time");
        return;
    }
    qsort(samples, count, sizeof *samples, by_value);
    snprintf(reply, size, "ok count=%llu bytes=%llu micros=%llu p50=%u p95=%u p99=%u max=%u",
             (unsigned long long)requests, (unsigned long long)(requests * jobs[0].block), (unsigned long long)micros,
             samples[count / 2], samples[count * 95 / 100], samples[count * 99 / 100], samples[count - 1]);
}

/*
 * "disk DEVICE random|sequential read|write BLOCK_BYTES THREADS MILLIS": requests past the cache, one at a time in each
 * thread; a sequential thread goes through a part of the disk that is its own, over and over
 */
void bench_disk(const char *arguments, char *reply, size_t size) {
    char name[32], device[64], order[16], kind[8];
    unsigned block, threads, millis;
    if (sscanf(arguments, "%31s %15s %7s %u %u %u", name, order, kind, &block, &threads, &millis) != 6 || !threads ||
        threads > MOST_THREADS || !block || block % SECTOR) {
        snprintf(reply, size, "error disk DEVICE random|sequential read|write BLOCK_BYTES THREADS MILLIS");
        return;
    }
    snprintf(device, sizeof device, "/dev/%s", name);
    int fd = open(device, O_RDWR | O_DIRECT | O_CLOEXEC);
    uint64_t bytes = 0;
    if (fd < 0 || ioctl(fd, BLKGETSIZE64, &bytes) || bytes / threads < block) {
        snprintf(reply, size, "error %s: %s", device, fd < 0 || !bytes ? strerror(errno) : "too small");
        if (fd >= 0) close(fd);
        return;
    }
    uint32_t *samples = malloc(MOST_SAMPLES * sizeof *samples);
    if (!samples) fatal("memory");
    bool sequential = !strcmp(order, "sequential");
    struct job jobs[MOST_THREADS];
    uint64_t begun = now_micros();
    for (unsigned i = 0; i < threads; i++) {
        uint64_t part = sequential ? bytes / threads / block * block : bytes;
        jobs[i] = (struct job){.fd = fd,
                               .writing = !strcmp(kind, "write"),
                               .sequential = sequential,
                               .block = block,
                               .from = sequential ? i * part : 0,
                               .bytes = part,
                               .until = begun + (uint64_t)millis * 1000,
                               .seed = 77 + i,
                               .samples = samples + i * (MOST_SAMPLES / threads),
                               .capacity = MOST_SAMPLES / threads};
        errno = pthread_create(&jobs[i].thread, NULL, job_body, &jobs[i]);
        if (errno) fatal("thread");
    }
    for (unsigned i = 0; i < threads; i++) pthread_join(jobs[i].thread, NULL);
    report(jobs, threads, samples, now_micros() - begun, reply, size);
    free(samples);
    close(fd);
}
