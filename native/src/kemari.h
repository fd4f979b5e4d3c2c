/* libkemari: the C side of the bundle org.kemari.linux.
 *
 * Every function returns a value >= 0, or -errno. Memory is passed as plain addresses, already bounds-checked by the
 * Java side. Calls that a signal interrupts are repeated. */
#ifndef KEMARI_H
#define KEMARI_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

/* Grows with every change of a signature or a meaning; the Java side refuses any other. */
#define KEMARI_ABI 3

#define KEMARI_API __attribute__((visibility("default")))

/* Pages are counted in units of 4 KiB everywhere, whatever the kernel's page size. */
#define KEMARI_PAGE 4096ull
#define KEMARI_PAGE_SHIFT 12

/* A result or -errno. */
#define KEMARI_RESULT(expression)                   \
    ({                                              \
        long long result_;                          \
        do {                                        \
            result_ = (long long)(expression);      \
        } while (result_ < 0 && errno == EINTR);    \
        result_ < 0 ? -(long long)errno : result_;  \
    })

int kemari_is_zero(const void *memory, uint64_t length);
int kemari_punch_hole(int fd, int64_t offset, int64_t length);

#endif
