/* What has changed between two contents of the same size, as state transfer sends it. */
#include "kemari.h"

#include <string.h>

#define RUN_HEAD 4
#define MOST_WORDS 0xffffu
#define STRIDE 8

/* Writes runs of words of 8 bytes that differ: the number of equal words before (u16), the number of words (u16), the new
 * words; all little-endian, like this machine. Makes the old content the new one as far as it looks. Returns the size of
 * the runs, or -1 if they do not fit; then the old content is neither of the two. */
KEMARI_API int64_t kemari_delta(const uint64_t *fresh, uint64_t *old, uint64_t words, uint8_t *out, uint64_t most) {
    uint8_t *put = out;
    const uint8_t *end = out + most;
    uint64_t word = 0, run_end = 0;
    for (;;) {
        for (; word + STRIDE <= words; word += STRIDE) {
            uint64_t different = 0;
            for (int i = 0; i < STRIDE; i++) different |= fresh[word + i] ^ old[word + i];
            if (different) break;
        }
        while (word < words && fresh[word] == old[word]) word++;
        if (word == words) return put - out;
        uint64_t skipped = word - run_end;
        for (; skipped > MOST_WORDS; skipped -= MOST_WORDS) {
            const uint32_t only_skip = MOST_WORDS;
            if (end - put < RUN_HEAD) return -1;
            memcpy(put, &only_skip, RUN_HEAD);
            put += RUN_HEAD;
        }
        uint8_t *head = put;
        if (end - put < RUN_HEAD + (int64_t)sizeof *fresh) return -1;
        put += RUN_HEAD;
        uint64_t room = (uint64_t)(end - put) / sizeof *fresh;
        if (room > MOST_WORDS) room = MOST_WORDS;
        uint64_t from = word;
        uint64_t limit = words - from < room ? words : from + room;
        for (; word < limit && fresh[word] != old[word]; word++) {
            old[word] = fresh[word];
            memcpy(put, &fresh[word], sizeof *fresh);
            put += sizeof *fresh;
        }
        uint32_t run = (uint32_t)skipped | (uint32_t)(word - from) << 16;
        memcpy(head, &run, RUN_HEAD);
        run_end = word;
    }
}
