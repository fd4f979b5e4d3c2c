/* Finding and copying the pages of guest memory that changed.
 *
 * The guest's memory is one file, mapped by the hypervisor and by us. Pages are numbered by their place in that file. */
#define _GNU_SOURCE
#include "kemari.h"
#include "pagemap.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/* Where a part of the RAM file is mapped in the hypervisor. */
struct mapping {
    uint64_t start, end, offset;
};

/* Everything that one capture works with; made by PageCapture.java, which knows the offsets. */
struct capture {
    int64_t pagemap;          /* /proc/PID/pagemap; -1: compare with the shadow */
    int64_t ram_fd;           /* the RAM file, to find its holes */
    const uint8_t *ram;       /* our mapping of it */
    uint64_t pages;           /* its size */
    uint64_t *pending;        /* one bit per page: changed, and not copied yet */
    _Atomic uint64_t *marks;  /* the same, set by others who write into the memory; may be null */
    uint8_t *shadow;          /* comparing: what was copied last */
    uint64_t *known;          /* comparing: pages whose shadow is not zero */
    const struct mapping *mappings;
    uint64_t mapping_count;
    uint64_t *seen;           /* one bit per chunk that ever had a page, and as many for one scan's notes; null: all had */
};

/* What nobody has ever touched is asked for in pieces of this size: smaller ones cost more calls, larger ones more page
 * table entries. 16 MiB. */
#define CHUNK_PAGES 4096ull

/* Eleven words: PageCapture.java writes them. */
_Static_assert(sizeof(struct capture) == 11 * 8, "layout of struct capture");

/* A run of pages in the output. */
struct run {
    uint32_t first;
    uint32_t count; /* the highest bit: all of them are zero, and have no data */
};
#define RUN_IS_ZERO 0x80000000u
#define RUN_LIMIT 0x40000000u

static void set_bits(uint64_t *words, uint64_t first, uint64_t end) {
    while (first < end) {
        uint64_t word_end = (first | 63) + 1 < end ? (first | 63) + 1 : end;
        words[first >> 6] |= (~0ull >> (64 - (word_end - first))) << (first & 63);
        first = word_end;
    }
}

static void clear_bits(uint64_t *words, uint64_t first, uint64_t end) {
    while (first < end) {
        uint64_t word_end = (first | 63) + 1 < end ? (first | 63) + 1 : end;
        words[first >> 6] &= ~((~0ull >> (64 - (word_end - first))) << (first & 63));
        first = word_end;
    }
}

/* The next set bit at or after first, or limit. */
static uint64_t next_set(const uint64_t *words, uint64_t first, uint64_t limit) {
    if (first >= limit) return limit;
    uint64_t index = first >> 6;
    uint64_t word = words[index] & (~0ull << (first & 63));
    while (!word) {
        if (++index << 6 >= limit) return limit;
        word = words[index];
    }
    uint64_t bit = (index << 6) + (uint64_t)__builtin_ctzll(word);
    return bit < limit ? bit : limit;
}

/* The next clear bit at or after first, or limit. */
static uint64_t next_clear(const uint64_t *words, uint64_t first, uint64_t limit) {
    if (first >= limit) return limit;
    uint64_t index = first >> 6;
    uint64_t word = ~words[index] & (~0ull << (first & 63));
    while (!word) {
        if (++index << 6 >= limit) return limit;
        word = ~words[index];
    }
    uint64_t bit = (index << 6) + (uint64_t)__builtin_ctzll(word);
    return bit < limit ? bit : limit;
}

/* One mapping: takes the written ranges and arms them again in the same step. */
static int64_t scan_mapping(const struct capture *c, const struct mapping *m, uint64_t flags, uint64_t most) {
    struct scan_range ranges[512];
    struct scan_request request = {
        .size = sizeof request,
        .flags = flags,
        .start = m->start,
        .end = m->end,
        .vec = (uint64_t)(uintptr_t)ranges,
        .vec_len = sizeof ranges / sizeof *ranges,
        .max_pages = most,
        .category_mask = PAGE_IS_WRITTEN,
        .return_mask = PAGE_IS_WRITTEN,
    };
    while (request.start < m->end) {
        int64_t found = KEMARI_RESULT(ioctl((int)c->pagemap, SCAN, &request));
        if (found < 0) return found;
        for (int64_t i = 0; i < found; i++) {
            uint64_t first = (ranges[i].start - m->start + m->offset) >> KEMARI_PAGE_SHIFT;
            uint64_t end = (ranges[i].end - m->start + m->offset) >> KEMARI_PAGE_SHIFT;
            if (end > c->pages) end = c->pages;
            set_bits(c->pending, first, end);
        }
        if (most) break;
        if (request.walk_end <= request.start) return -EIO;
        request.start = request.walk_end;
    }
    return 0;
}

/* The next page in the file at or after a page, or the limit. A file system that cannot tell says that there is one. */
static uint64_t next_data(const struct capture *c, uint64_t page, uint64_t limit) {
    int64_t found = KEMARI_RESULT(lseek((int)c->ram_fd, (int64_t)(page << KEMARI_PAGE_SHIFT), SEEK_DATA));
    if (found == -ENXIO) return limit;
    if (found < 0) return page;
    uint64_t data = (uint64_t)found >> KEMARI_PAGE_SHIFT;
    return data < limit ? data : limit;
}

/* A part of a mapping, in pages of the file. */
static int64_t scan_part(const struct capture *c, const struct mapping *m, uint64_t flags, uint64_t first, uint64_t end) {
    uint64_t at = m->start + (first << KEMARI_PAGE_SHIFT) - m->offset;
    struct mapping part = {at, at + ((end - first) << KEMARI_PAGE_SHIFT), first << KEMARI_PAGE_SHIFT};
    return scan_mapping(c, &part, flags, 0);
}

/* A part of a chunk in which there was nothing until now. All of it counts as written, as nobody has armed it; but what
 * is a hole still, after that has been done, need not be looked at: it would get pages by that. */
static int64_t scan_fresh(const struct capture *c, const struct mapping *m, uint64_t flags, uint64_t first, uint64_t end) {
    uint64_t chunk = first / CHUNK_PAGES * CHUNK_PAGES;
    uint64_t *pending = c->pending + (chunk >> 6);
    uint64_t words = ((end < chunk + CHUNK_PAGES ? end : chunk + CHUNK_PAGES) - chunk + 63) >> 6;
    uint64_t before[CHUNK_PAGES / 64];
    memcpy(before, pending, words * 8);
    memset(pending, 0, words * 8);
    int64_t result = scan_part(c, m, flags, first, end);
    for (uint64_t at = first; at < end;) {
        uint64_t data = next_data(c, at, end);
        clear_bits(c->pending, at, data);
        if (data == end) break;
        int64_t hole = KEMARI_RESULT(lseek((int)c->ram_fd, (int64_t)(data << KEMARI_PAGE_SHIFT), SEEK_HOLE));
        at = hole < 0 ? end : ((uint64_t)hole + KEMARI_PAGE - 1) >> KEMARI_PAGE_SHIFT;
    }
    for (uint64_t i = 0; i < words; i++) pending[i] |= before[i];
    return result;
}

/* One mapping, but for what the file never had pages for: whoever writes there makes some, which costs one question to
 * find out, however large the hole. */
static int64_t scan_populated(const struct capture *c, const struct mapping *m, uint64_t flags) {
    uint64_t page = m->offset >> KEMARI_PAGE_SHIFT;
    uint64_t end = page + ((m->end - m->start) >> KEMARI_PAGE_SHIFT);
    if (end > c->pages) end = c->pages;
    uint64_t chunks = (c->pages + CHUNK_PAGES - 1) / CHUNK_PAGES;
    int64_t result = 0;
    while (page < end && result >= 0) {
        uint64_t chunk = page / CHUNK_PAGES;
        uint64_t known = next_clear(c->seen, chunk, chunks) * CHUNK_PAGES;
        if (known > page) {
            if (known > end) known = end;
            result = scan_part(c, m, flags, page, known);
            page = known;
            continue;
        }
        uint64_t unknown = next_set(c->seen, chunk, chunks) * CHUNK_PAGES;
        if (unknown > end) unknown = end;
        page = next_data(c, page, unknown);
        if (page < unknown) {
            uint64_t begin = page / CHUNK_PAGES * CHUNK_PAGES;
            uint64_t first = m->offset >> KEMARI_PAGE_SHIFT;
            uint64_t after = begin + CHUNK_PAGES < end ? begin + CHUNK_PAGES : end;
            result = scan_fresh(c, m, flags, begin > first ? begin : first, after);
            /* Another mapping may have the rest of the chunk: it is not seen before the end of the scan. */
            if (flags & SCAN_WP_MATCHING) set_bits(c->seen + (chunks + 63) / 64, page / CHUNK_PAGES, page / CHUNK_PAGES + 1);
            page = after;
        }
    }
    return result;
}

typedef void visitor(const struct capture *, uint64_t first, uint64_t end);

/* Visits each part of the RAM file that has pages, and each that has none: that one reads as zeroes, but looking at it
 * would give it pages. A file system that cannot tell counts as full. */
static void each_part(const struct capture *c, visitor *visit_data, visitor *visit_hole) {
    int64_t end = (int64_t)(c->pages << KEMARI_PAGE_SHIFT);
    int64_t at = 0;
    while (at < end) {
        int64_t data = KEMARI_RESULT(lseek((int)c->ram_fd, at, SEEK_DATA));
        if (data == -ENXIO || data > end) data = end;
        if (data < 0) data = at;
        if (visit_hole && data > at) visit_hole(c, (uint64_t)at >> KEMARI_PAGE_SHIFT, (uint64_t)data >> KEMARI_PAGE_SHIFT);
        if (data == end) return;
        int64_t hole = KEMARI_RESULT(lseek((int)c->ram_fd, data, SEEK_HOLE));
        if (hole <= data || hole > end) hole = end;
        at = (int64_t)(((uint64_t)hole + KEMARI_PAGE - 1) & ~(KEMARI_PAGE - 1));
        visit_data(c, (uint64_t)data >> KEMARI_PAGE_SHIFT, (uint64_t)at >> KEMARI_PAGE_SHIFT);
    }
}

/* A part that was dropped from the file: what is known not to be zero has changed. */
static void compare_hole(const struct capture *c, uint64_t first, uint64_t end) {
    for (uint64_t page = next_set(c->known, first, end); page < end; page = next_set(c->known, page + 1, end))
        set_bits(c->pending, page, page + 1);
}

static void compare_data(const struct capture *c, uint64_t first, uint64_t end) {
    for (uint64_t page = first; page < end; page++) {
        uint64_t at = page << KEMARI_PAGE_SHIFT;
        if (!(c->pending[page >> 6] >> (page & 63) & 1) && memcmp(c->ram + at, c->shadow + at, KEMARI_PAGE))
            set_bits(c->pending, page, page + 1);
    }
}

static void mark_range(const struct capture *c, uint64_t first, uint64_t end) { set_bits(c->pending, first, end); }

/* A scan of a process that is gone finds nothing, which must not look like an idle guest. The kernel answers this read
 * only while the address space is alive. */
static int64_t still_there(const struct capture *c) {
    uint64_t entry;
    int64_t got = KEMARI_RESULT(pread((int)c->pagemap, &entry, sizeof entry, (int64_t)(c->mappings->start >> KEMARI_PAGE_SHIFT) * 8));
    return got < 0 ? got : got == sizeof entry ? 0 : -ESRCH;
}

/* Adds to pending what changed since the last call. */
KEMARI_API int64_t kemari_capture_scan(const struct capture *c) {
    int64_t result = 0;
    if (c->pagemap >= 0) {
        for (uint64_t i = 0; i < c->mapping_count && result >= 0; i++)
            result = c->seen ? scan_populated(c, &c->mappings[i], SCAN_WP_MATCHING | SCAN_CHECK_WPASYNC)
                             : scan_mapping(c, &c->mappings[i], SCAN_WP_MATCHING | SCAN_CHECK_WPASYNC, 0);
        uint64_t words = (c->pages + CHUNK_PAGES * 64 - 1) / (CHUNK_PAGES * 64);
        for (uint64_t i = 0; c->seen && i < words; i++) c->seen[i] |= c->seen[words + i];
        if (result >= 0) result = still_there(c);
    } else {
        each_part(c, compare_data, compare_hole);
    }
    if (result < 0) return result;
    if (c->marks) {
        /* Who marks does it before and after writing: a mark taken in between comes again. */
        uint64_t words = (c->pages + 63) >> 6;
        for (uint64_t i = 0; i < words; i++)
            if (atomic_load_explicit(&c->marks[i], memory_order_relaxed))
                c->pending[i] |= atomic_exchange(&c->marks[i], 0);
        if (c->pages & 63) c->pending[words - 1] &= ~0ull >> (64 - (c->pages & 63));
    }
    return 0;
}

/* As kemari_capture_scan, but takes nothing: the next scan finds the same again. */
KEMARI_API int64_t kemari_capture_look(const struct capture *c) {
    int64_t result = 0;
    for (uint64_t i = 0; i < c->mapping_count && result >= 0; i++)
        result = c->seen ? scan_populated(c, &c->mappings[i], SCAN_CHECK_WPASYNC)
                         : scan_mapping(c, &c->mappings[i], SCAN_CHECK_WPASYNC, 0);
    if (result >= 0) result = still_there(c);
    if (result < 0) return result;
    uint64_t words = (c->pages + 63) >> 6;
    for (uint64_t i = 0; c->marks && i < words; i++)
        c->pending[i] |= atomic_load_explicit(&c->marks[i], memory_order_acquire);
    if (c->pages & 63) c->pending[words - 1] &= ~0ull >> (64 - (c->pages & 63));
    return 0;
}

/* 1 if the mappings can be scanned, 0 if nobody tracks them; looks without taking anything. */
KEMARI_API int64_t kemari_capture_probe(const struct capture *c) {
    for (uint64_t i = 0; i < c->mapping_count; i++) {
        struct mapping head = c->mappings[i];
        uint64_t end = head.start + KEMARI_PAGE;
        head.end = head.end < end ? head.end : end;
        struct capture blind = *c;
        uint64_t nothing = 0;
        blind.pages = 0;
        blind.pending = &nothing;
        int64_t result = scan_mapping(&blind, &head, SCAN_CHECK_WPASYNC, 1);
        if (result == -EPERM) return 0;
        if (result < 0) return result;
    }
    return c->mapping_count > 0;
}

/* Makes all pages pending that may be other than zero. */
KEMARI_API void kemari_capture_mark_populated(const struct capture *c) { each_part(c, mark_range, NULL); }

KEMARI_API void kemari_capture_mark(const struct capture *c, uint64_t first, uint64_t end) {
    set_bits(c->pending, first, end);
}

/* A cursor and the counts of one copy, shared with PageCapture.java. */
struct copied {
    uint64_t cursor;  /* in: the page to begin at; out: where to go on */
    uint64_t runs;    /* out: runs written */
    uint64_t staged;  /* out: pages with data in the staging buffer */
    uint64_t zeroes;  /* out: pages in zero runs */
};

/* Copies pending pages, in ascending order from the cursor to the end of memory, into a staging buffer, and forgets
 * that they are pending. Stops when the runs or the staging buffer are full. The guest may be writing: such a page was
 * taken by the scan before and is found again by the next. */
KEMARI_API int64_t kemari_capture_copy(const struct capture *c, struct run *runs, uint64_t run_capacity,
                                       uint8_t *staging, uint64_t staging_pages, int find_zeroes,
                                       struct copied *copied) {
    uint64_t page = next_set(c->pending, copied->cursor, c->pages);
    struct run *run = NULL;
    copied->runs = copied->staged = copied->zeroes = 0;
    while (page < c->pages) {
        uint64_t end = next_clear(c->pending, page, c->pages);
        uint64_t first = page;
        for (; page < end; page++) {
            uint64_t at = page << KEMARI_PAGE_SHIFT;
            int zero = find_zeroes && kemari_is_zero(c->ram + at, KEMARI_PAGE);
            uint32_t kind = zero ? RUN_IS_ZERO : 0;
            if (!zero && copied->staged == staging_pages) break;
            if (!run || run->first + (run->count & ~RUN_IS_ZERO) != page || (run->count & RUN_IS_ZERO) != kind ||
                (run->count & ~RUN_IS_ZERO) == RUN_LIMIT) {
                if (copied->runs == run_capacity) break;
                run = &runs[copied->runs++];
                *run = (struct run){(uint32_t)page, kind};
            }
            if (zero) {
                if (c->shadow && (c->known[page >> 6] >> (page & 63) & 1)) {
                    memset(c->shadow + at, 0, KEMARI_PAGE);
                    clear_bits(c->known, page, page + 1);
                }
                copied->zeroes++;
            } else {
                uint8_t *copy = staging + (copied->staged << KEMARI_PAGE_SHIFT);
                memcpy(copy, c->ram + at, KEMARI_PAGE);
                /* The shadow is what was copied, not what is there: the guest may be writing. */
                if (c->shadow) {
                    memcpy(c->shadow + at, copy, KEMARI_PAGE);
                    set_bits(c->known, page, page + 1);
                }
                copied->staged++;
            }
            run->count++;
        }
        clear_bits(c->pending, first, page);
        /* It has pages now, if only by being read. */
        if (c->seen && page > first) set_bits(c->seen, first / CHUNK_PAGES, (page - 1) / CHUNK_PAGES + 1);
        if (page < end) break;
        page = next_set(c->pending, page, c->pages);
    }
    copied->cursor = page < c->pages ? page : 0;
    return (int64_t)(copied->staged + copied->zeroes);
}

/* Drops the page tables of our mapping; what they led to stays, and they come back when it is looked at. */
KEMARI_API int64_t kemari_capture_trim(const struct capture *c) {
    return KEMARI_RESULT(madvise((void *)(uintptr_t)c->ram, c->pages << KEMARI_PAGE_SHIFT, MADV_DONTNEED));
}

/* Checks runs that came from another host. Returns how many pages of data belong to them, or -ERANGE. */
KEMARI_API int64_t kemari_runs_check(const struct run *runs, uint64_t run_count, uint64_t pages) {
    uint64_t staged = 0;
    for (uint64_t i = 0; i < run_count; i++) {
        uint64_t count = runs[i].count & ~RUN_IS_ZERO;
        if (count == 0 || runs[i].first >= pages || count > pages - runs[i].first) return -ERANGE;
        if (!(runs[i].count & RUN_IS_ZERO)) staged += count;
    }
    return (int64_t)staged;
}

/* Shorter runs of zeroes are written: cutting a hole costs a system call, and the guest's next write a new page. */
#define HOLE_PAGES 64

/* Writes runs, already checked, into a RAM image; long runs of zeroes become holes of its file, if that is given. */
KEMARI_API int64_t kemari_runs_apply(const struct run *runs, uint64_t run_count, const uint8_t *staging, uint8_t *ram,
                                     int ram_fd) {
    for (uint64_t i = 0; i < run_count; i++) {
        uint64_t count = runs[i].count & ~RUN_IS_ZERO;
        uint64_t at = (uint64_t)runs[i].first << KEMARI_PAGE_SHIFT;
        uint64_t bytes = count << KEMARI_PAGE_SHIFT;
        if (!(runs[i].count & RUN_IS_ZERO)) {
            memcpy(ram + at, staging, bytes);
            staging += bytes;
        } else if (ram_fd < 0 || count < HOLE_PAGES || kemari_punch_hole(ram_fd, (int64_t)at, (int64_t)bytes) < 0) {
            memset(ram + at, 0, bytes);
        }
    }
    return 0;
}
