/* What the parts of the guest's one program share. Licensed under the Apache License, Version 2.0; see LICENSE. */
#ifndef KEMARI_GUESTD_H
#define KEMARI_GUESTD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* TCP ports of the services */
enum { PORT_RECORD = 7000, PORT_ECHO = 7001, PORT_CONTROL = 7002, PORT_RAW = 7003, PORT_BULK = 7004, PORT_SHELL = 7005 };

#define DATA_FILE "/data/records"
#define RECORD_BYTES 48
#define SECTOR 512

/* a connection, with buffered lines */
struct peer {
    int fd;
    size_t have;
    char buffer[4096];
};

/* Reads one line without its end into line; false at the end of the connection. */
bool peer_line(struct peer *peer, char *line, size_t size);
/* Writes all; false if the peer is gone. */
bool peer_send(struct peer *peer, const void *data, size_t length);

/* Serves every connection to port on a thread of its own; does not return. */
typedef void (*service)(struct peer *peer);
void serve(int port, service service);
void start_thread(void *(*body)(void *), void *argument);

uint32_t crc32_of(const void *data, size_t length);
uint64_t now_micros(void);
uint64_t next_random(uint64_t *state);
void fatal(const char *what);

/* record.c: append numbered records, each durable before its answer */
extern const char *raw_device;
void record_service(struct peer *peer);
void raw_service(struct peer *peer);
void record_start(void);
uint64_t record_count(void);
uint64_t raw_count(void);

/* load.c: work for memory and disks; each answers one line into reply */
void load_dirty(const char *arguments, char *reply, size_t size);
void load_scribble(const char *arguments, char *reply, size_t size);
void load_quiesce(char *reply, size_t size);
void load_fsync(const char *arguments, char *reply, size_t size);
void load_random(const char *arguments, char *reply, size_t size);
void bench_disk(const char *arguments, char *reply, size_t size);
uint64_t load_scribbles(void);

/* memory.c: memory that is written and checked */
void memory_check(const char *arguments, char *reply, size_t size);

/* shell.c */
void shell_service(struct peer *peer);

/* control.c */
void control_service(struct peer *peer);
void *power_button(void *unused);

#endif
