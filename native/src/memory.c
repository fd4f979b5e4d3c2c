/* Loops over memory that are too hot for Java. */
#define _GNU_SOURCE
#include "kemari.h"

#include <string.h>

KEMARI_API void kemari_fill(void *memory, int value, uint64_t length) { memset(memory, value, length); }

KEMARI_API void kemari_copy(void *to, const void *from, uint64_t length) { memmove(to, from, length); }

/* The first word decides for nearly every page in use; the rest is compared with itself, shifted. */
KEMARI_API int kemari_is_zero(const void *memory, uint64_t length) {
    const unsigned char *bytes = memory;
    if (length < 16) {
        for (uint64_t i = 0; i < length; i++)
            if (bytes[i]) return 0;
        return 1;
    }
    uint64_t head[2];
    memcpy(head, bytes, sizeof head);
    if (head[0] | head[1]) return 0;
    return memcmp(bytes, bytes + 16, length - 16) == 0;
}

KEMARI_API int kemari_equal(const void *a, const void *b, uint64_t length) { return memcmp(a, b, length) == 0; }

KEMARI_API int64_t kemari_count_bits(const uint64_t *words, uint64_t count) {
    int64_t bits = 0;
    for (uint64_t i = 0; i < count; i++) bits += __builtin_popcountll(words[i]);
    return bits;
}
