/* What capture is compared with, in benchmarks only: the plainest scan and copy that C can do.
 *
 * No bitmap of pending pages, no marks of others, no search for zeroes: the kernel's ranges as they come, each copied at
 * once. */
#define _GNU_SOURCE
#include "kemari.h"
#include "pagemap.h"

#include <string.h>
#include <sys/ioctl.h>

/* Takes what a process has written in one mapping (of a file, from its beginning) since the last call; copies it, unless
 * staging is null. Returns how many pages that were. */
KEMARI_API int64_t kemari_plain_capture(int pagemap, uint64_t start, uint64_t end, const uint8_t *ram, uint8_t *staging) {
    struct scan_range ranges[512];
    struct scan_request request = {
        .size = sizeof request,
        .flags = SCAN_WP_MATCHING | SCAN_CHECK_WPASYNC,
        .start = start,
        .end = end,
        .vec = (uint64_t)(uintptr_t)ranges,
        .vec_len = sizeof ranges / sizeof *ranges,
        .category_mask = PAGE_IS_WRITTEN,
        .return_mask = PAGE_IS_WRITTEN,
    };
    uint64_t taken = 0;
    while (request.start < end) {
        int64_t found = KEMARI_RESULT(ioctl(pagemap, SCAN, &request));
        if (found < 0) return found;
        for (int64_t i = 0; i < found; i++) {
            uint64_t bytes = ranges[i].end - ranges[i].start;
            if (staging) memcpy(staging + taken, ram + (ranges[i].start - start), bytes);
            taken += bytes;
        }
        request.start = request.walk_end;
    }
    return (int64_t)(taken >> KEMARI_PAGE_SHIFT);
}
