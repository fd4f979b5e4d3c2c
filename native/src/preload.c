/* Preloaded into the hypervisor: lets others see which pages of the guest's memory it writes.
 *
 * When the process maps the file named by KEMARI_RAM_FILE, shared and writable, the mapping is registered with a
 * userfaultfd in asynchronous write-protect mode (Linux 6.7; userfaultfd(2), ioctl_userfaultfd(2)). Nothing is protected
 * by that, so it costs nothing until a first PAGEMAP_SCAN arms the pages from outside. With KEMARI_TRACK_FROM_START all
 * pages are armed before anybody can write one (2 ms per 512 MiB, and page tables for all of it), so that the first scan
 * finds exactly what the process has written in its life.
 *
 * Whatever goes wrong, the hypervisor runs on, untracked. The outcome is written to standard error and to the file
 * named by KEMARI_TRACK_STATUS: "ok", or "failed: why". */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define KEMARI_API __attribute__((visibility("default")))

/* From the kernel's include/uapi/linux/userfaultfd.h; the headers of Debian 12 are older. */
#define FEATURE_WP_HUGETLBFS_SHMEM (1ull << 12)
#define FEATURE_WP_UNPOPULATED (1ull << 13)
#define FEATURE_WP_ASYNC (1ull << 15)
#define NEW_FROM_DEVICE _IO(0xAA, 0x00)
#define USER_MODE_ONLY 1

static char ram_file[4096];
static char status_file[4096];
static char from_start[2];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* Open for the life of the process: the registration ends with it. */
static int uffd = -1;

static void copy_variable(const char *name, char *to, size_t capacity) {
    const char *value = getenv(name);
    if (value && strlen(value) < capacity) strcpy(to, value);
}

/* What the hypervisor starts itself, for instance a network script, must not carry us. */
__attribute__((constructor)) static void begin(void) {
    copy_variable("KEMARI_RAM_FILE", ram_file, sizeof ram_file);
    copy_variable("KEMARI_TRACK_STATUS", status_file, sizeof status_file);
    copy_variable("KEMARI_TRACK_FROM_START", from_start, sizeof from_start);
    unsetenv("KEMARI_TRACK_FROM_START");
    unsetenv("KEMARI_RAM_FILE");
    unsetenv("KEMARI_TRACK_STATUS");
    unsetenv("LD_PRELOAD");
}

static void report(const char *what, int reason) {
    char line[256];
    int length = reason ? snprintf(line, sizeof line, "failed: %s: %s\n", what, strerror(reason))
                        : snprintf(line, sizeof line, "%s\n", what);
    if (reason) dprintf(STDERR_FILENO, "kemari: page tracking is off, %s", line + strlen("failed: "));
    if (!*status_file) return;
    int fd = open(status_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 || write(fd, line, (size_t)length) != length)
        dprintf(STDERR_FILENO, "kemari: cannot write %s: %s\n", status_file, strerror(errno));
    if (fd >= 0) close(fd);
}

static int open_userfaultfd(void) {
    /* The device works for whom it is given to; the system call needs a privilege, except for user mode only, which is
     * enough here: asynchronous protection never hands a fault to anybody. */
    int device = open("/dev/userfaultfd", O_RDWR | O_CLOEXEC);
    if (device >= 0) {
        int fd = ioctl(device, NEW_FROM_DEVICE, O_CLOEXEC | O_NONBLOCK);
        close(device);
        if (fd >= 0) return fd;
    }
    int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | USER_MODE_ONLY);
    return fd;
}

/* Returns what failed, with errno, or null. */
static const char *track(void *address, size_t length) {
    if (uffd < 0) {
        int fd = open_userfaultfd();
        if (fd < 0) return "userfaultfd";
        struct uffdio_api api = {
            .api = UFFD_API,
            .features = FEATURE_WP_ASYNC | FEATURE_WP_UNPOPULATED | FEATURE_WP_HUGETLBFS_SHMEM,
        };
        if (ioctl(fd, UFFDIO_API, &api) < 0) {
            int reason = errno;
            close(fd);
            errno = reason;
            return "asynchronous write protection (Linux 6.7 or newer has it)";
        }
        uffd = fd;
    }
    struct uffdio_register range = {
        .range = {.start = (uintptr_t)address, .len = length},
        .mode = UFFDIO_REGISTER_MODE_WP,
    };
    if (ioctl(uffd, UFFDIO_REGISTER, &range) < 0) return "UFFDIO_REGISTER";
    if (*from_start == '1') {
        struct uffdio_writeprotect all = {.range = range.range, .mode = UFFDIO_WRITEPROTECT_MODE_WP};
        /* Pages that could not be armed count as written: whoever scans finds too many, never too few. */
        if (ioctl(uffd, UFFDIO_WRITEPROTECT, &all) < 0)
            dprintf(STDERR_FILENO, "kemari: pages are not tracked from the start: %s\n", strerror(errno));
    }
    return NULL;
}

static int is_ram(int fd, int prot, int flags) {
    struct stat wanted, mapped;
    return *ram_file && fd >= 0 && (flags & MAP_TYPE) != MAP_PRIVATE && (prot & PROT_WRITE) &&
           stat(ram_file, &wanted) == 0 && fstat(fd, &mapped) == 0 && wanted.st_dev == mapped.st_dev &&
           wanted.st_ino == mapped.st_ino;
}

/* The system call itself stands in for the C library's function: no lookup that could fail this early. */
KEMARI_API void *mmap64(void *address, size_t length, int prot, int flags, int fd, off64_t offset) {
    void *result = (void *)syscall(SYS_mmap, address, length, prot, flags, fd, offset);
    if (result == MAP_FAILED || !*ram_file) return result;
    int before = errno;
    if (is_ram(fd, prot, flags)) {
        pthread_mutex_lock(&lock);
        size_t page = (size_t)sysconf(_SC_PAGESIZE);
        const char *failed = track(result, (length + page - 1) & ~(page - 1));
        report(failed ? failed : "ok", failed ? errno : 0);
        pthread_mutex_unlock(&lock);
    }
    errno = before;
    return result;
}

KEMARI_API void *mmap(void *address, size_t length, int prot, int flags, int fd, off_t offset) {
    return mmap64(address, length, prot, flags, fd, offset);
}
