/* The ioctl PAGEMAP_SCAN, from the kernel's Documentation/admin-guide/mm/pagemap.rst and include/uapi/linux/fs.h
 * (Linux 6.7); older headers have none of it. */
#ifndef KEMARI_PAGEMAP_H
#define KEMARI_PAGEMAP_H

#include <stdint.h>

struct scan_range {
    uint64_t start, end, categories;
};
struct scan_request {
    uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages;
    uint64_t category_inverted, category_mask, category_anyof_mask, return_mask;
};
#define SCAN _IOWR('f', 16, struct scan_request)
#define SCAN_WP_MATCHING 1ull
#define SCAN_CHECK_WPASYNC 2ull
#define PAGE_IS_WRITTEN 2ull

#endif
