/* Memory that checks itself. Licensed under the Apache License, Version 2.0; see LICENSE. */
#define _GNU_SOURCE
#include "guestd.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096
#define WORDS (PAGE / sizeof(uint64_t))

static unsigned run;
static uint64_t checked, faults, last_fault, sweeps;

/* Each page is filled from its number and how often it has been written, which is noted elsewhere; version 0 is zero. */
struct arena {
    unsigned run;
    size_t pages;
    unsigned long rate;
    uint64_t (*memory)[WORDS];
    uint32_t *version;
};

static uint64_t word_of(size_t page, uint32_t version, size_t index) {
    uint64_t state = (page << 32 ^ version) * 0x9e3779b97f4a7c15ull + index + 1;
    return version ? next_random(&state) : 0;
}

static void check(struct arena *arena, size_t page) {
    for (size_t i = 0; i < WORDS; i++) {
        if (arena->memory[page][i] != word_of(page, arena->version[page], i)) {
            __atomic_store_n(&last_fault, page, __ATOMIC_RELAXED);
            __atomic_add_fetch(&faults, 1, __ATOMIC_RELAXED);
            break;
        }
    }
    __atomic_add_fetch(&checked, 1, __ATOMIC_RELAXED);
}

static void change(struct arena *arena, size_t page, bool clear) {
    check(arena, page);
    if (clear) {
        arena->version[page] = 0;
        memset(arena->memory[page], 0, PAGE);
        return;
    }
    arena->version[page]++;
    for (size_t i = 0; i < WORDS; i++) arena->memory[page][i] = word_of(page, arena->version[page], i);
}

static void *body(void *argument) {
    struct arena *arena = argument;
    uint64_t random = 88172645463325252ull, done = 0, begun = now_micros();
    size_t sweep = 0;
    while (__atomic_load_n(&run, __ATOMIC_ACQUIRE) == arena->run) {
        for (uint64_t due = (now_micros() - begun) * arena->rate / 1000000u; done < due; done++)
            change(arena, next_random(&random) % arena->pages, next_random(&random) % 8 == 0);
        /* and a look at pages that have not been written for long */
        for (int i = 0; i < 8; i++) {
            check(arena, sweep);
            if (++sweep == arena->pages) {
                sweep = 0;
                __atomic_add_fetch(&sweeps, 1, __ATOMIC_RELAXED);
            }
        }
        usleep(2000);
    }
    munmap(arena->memory, arena->pages * PAGE);
    free(arena->version);
    free(arena);
    return NULL;
}

/* "memory MIB PAGES_PER_SECOND": memory that is written at random and checked; "memory": what was found */
void memory_check(const char *arguments, char *reply, size_t size) {
    unsigned long mib = 0, rate = 0;
    if (sscanf(arguments, "%lu %lu", &mib, &rate) == 2) {
        struct arena *arena = calloc(1, sizeof *arena);
        if (!arena) fatal("memory");
        arena->pages = mib * 256;
        arena->rate = rate;
        arena->memory = mmap(NULL, arena->pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        arena->version = calloc(arena->pages, sizeof *arena->version);
        if (mib == 0 || arena->memory == MAP_FAILED || !arena->version) {
            snprintf(reply, size, "error memory MIB PAGES_PER_SECOND");
            return;
        }
        for (size_t page = 0; page < arena->pages; page++) change(arena, page, false);
        arena->run = __atomic_add_fetch(&run, 1, __ATOMIC_ACQ_REL);
        start_thread(body, arena);
    }
    snprintf(reply, size, "ok checked=%llu sweeps=%llu faults=%llu last=%llu",
             (unsigned long long)__atomic_load_n(&checked, __ATOMIC_RELAXED),
             (unsigned long long)__atomic_load_n(&sweeps, __ATOMIC_RELAXED),
             (unsigned long long)__atomic_load_n(&faults, __ATOMIC_RELAXED),
             (unsigned long long)__atomic_load_n(&last_fault, __ATOMIC_RELAXED));
}
