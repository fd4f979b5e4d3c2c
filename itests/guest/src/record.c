/* Numbered records, durable before they are acknowledged. Licensed under the Apache License, Version 2.0; see LICENSE. */
#define _GNU_SOURCE
#include "guestd.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *raw_device;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int file = -1;
static uint64_t records, raws;

void record_start(void) {
    file = open(DATA_FILE, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (file < 0) return; /* a guest without a file system: the service answers with an error */
    records = (uint64_t)lseek(file, 0, SEEK_END) / RECORD_BYTES;
}

uint64_t record_count(void) { return __atomic_load_n(&records, __ATOMIC_RELAXED); }
uint64_t raw_count(void) { return __atomic_load_n(&raws, __ATOMIC_RELAXED); }

/* "<number> <place in the file> <checksum of both>", always 48 bytes with its line end */
static void format(char record[RECORD_BYTES], uint64_t number, uint64_t place) {
    char text[RECORD_BYTES + 32];
    int length = snprintf(text, sizeof text, "%018llu %018llu", (unsigned long long)number, (unsigned long long)place);
    snprintf(text + length, sizeof text - (size_t)length, " %08x \n", crc32_of(text, (size_t)length));
    memcpy(record, text, RECORD_BYTES);
}

/* "n" is appended and made durable, then answered by "n c", c being the records of this connection */
void record_service(struct peer *peer) {
    char line[64], record[RECORD_BYTES];
    uint64_t here = 0;
    while (peer_line(peer, line, sizeof line)) {
        uint64_t number = strtoull(line, NULL, 10);
        int length;
        pthread_mutex_lock(&lock);
        format(record, number, records);
        bool good = file >= 0 && write(file, record, RECORD_BYTES) == RECORD_BYTES && fsync(file) == 0;
        if (good) records++;
        pthread_mutex_unlock(&lock);
        here++;
        if (good)
            length = snprintf(line, sizeof line, "%llu %llu\n", (unsigned long long)number, (unsigned long long)here);
        else
            length = snprintf(line, sizeof line, "error %s\n", file < 0 ? "no file" : strerror(errno));
        if (!peer_send(peer, line, (size_t)length) || !good) return;
    }
}

/* "n" is written to sector n of the raw disk, past every cache, then answered */
void raw_service(struct peer *peer) {
    char line[64], device[64];
    uint64_t here = 0;
    snprintf(device, sizeof device, "/dev/%s", raw_device ? raw_device : "vdb");
    int disk = open(device, O_RDWR | O_DIRECT | O_DSYNC | O_CLOEXEC);
    char *sector = aligned_alloc(4096, 4096);
    if (disk < 0 || !sector) {
        int length = snprintf(line, sizeof line, "error %s\n", strerror(errno));
        peer_send(peer, line, (size_t)length);
    } else {
        while (peer_line(peer, line, sizeof line)) {
            uint64_t number = strtoull(line, NULL, 10);
            memset(sector, 0, SECTOR);
            format(sector, number, here);
            if (pwrite(disk, sector, SECTOR, (off_t)(number * SECTOR)) != SECTOR) {
                int length = snprintf(line, sizeof line, "error %s\n", strerror(errno));
                peer_send(peer, line, (size_t)length);
                break;
            }
            __atomic_add_fetch(&raws, 1, __ATOMIC_RELAXED);
            here++;
            int length =
                snprintf(line, sizeof line, "%llu %llu\n", (unsigned long long)number, (unsigned long long)here);
            if (!peer_send(peer, line, (size_t)length)) break;
        }
    }
    free(sector);
    if (disk >= 0) close(disk);
}
