/* What a test can ask the guest to do. Licensed under the Apache License, Version 2.0; see LICENSE. */
#define _GNU_SOURCE
#include "guestd.h"

#include <fcntl.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/input.h>

static void first_line(const char *path, char *text, size_t size) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, text, size - 1);
    text[n > 0 ? n : 0] = 0;
    text[strcspn(text, " \n")] = 0;
    if (fd >= 0) close(fd);
}

static void status(char *reply, size_t size) {
    char boot[64], uptime[64];
    first_line("/proc/sys/kernel/random/boot_id", boot, sizeof boot);
    first_line("/proc/uptime", uptime, sizeof uptime);
    snprintf(reply, size, "ok boot=%s uptime=%s records=%llu raws=%llu scribbles=%llu", boot, uptime,
             (unsigned long long)record_count(), (unsigned long long)raw_count(),
             (unsigned long long)load_scribbles());
}

/* Ends the guest as an init system does, network first: since it resets its virtio devices on the way down, Linux spins
 * for ever in virtio_net's start_xmit if something is still sent then, a late TCP acknowledgement for instance. */
static void leave(int how) {
    struct ifreq request = {.ifr_name = "eth0"};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && ioctl(fd, SIOCGIFFLAGS, &request) == 0) {
        request.ifr_flags &= (short)~IFF_UP;
        ioctl(fd, SIOCSIFFLAGS, &request);
    }
    sync();
    reboot(how);
}

static void crash(void) {
    int fd = open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC);
    if (fd >= 0 && write(fd, "c", 1) == 1) pause();
}

void control_service(struct peer *peer) {
    char line[512], reply[512];
    while (peer_line(peer, line, sizeof line)) {
        char *arguments = line + strcspn(line, " ");
        if (*arguments) *arguments++ = 0;
        if (!strcmp(line, "status")) {
            status(reply, sizeof reply);
        } else if (!strcmp(line, "dirty")) {
            load_dirty(arguments, reply, sizeof reply);
        } else if (!strcmp(line, "memory")) {
            memory_check(arguments, reply, sizeof reply);
        } else if (!strcmp(line, "scribble")) {
            load_scribble(arguments, reply, sizeof reply);
        } else if (!strcmp(line, "quiesce")) {
            load_quiesce(reply, sizeof reply);
        } else if (!strcmp(line, "fsync")) {
            load_fsync(arguments, reply, sizeof reply);
        } else if (!strcmp(line, "random")) {
            load_random(arguments, reply, sizeof reply);
        } else if (!strcmp(line, "disk")) {
            bench_disk(arguments, reply, sizeof reply);
        } else if (!strcmp(line, "sync")) {
            sync();
            snprintf(reply, sizeof reply, "ok");
        } else if (!strcmp(line, "reboot")) {
            leave(RB_AUTOBOOT);
        } else if (!strcmp(line, "poweroff")) {
            leave(RB_POWER_OFF);
        } else if (!strcmp(line, "crash")) {
            crash();
        } else {
            snprintf(reply, sizeof reply, "error no command '%.100s'", line);
        }
        size_t length = strlen(reply);
        reply[length] = '\n';
        if (!peer_send(peer, reply, length + 1)) return;
    }
}

/* powers the guest off when its button is pressed */
void *power_button(void *unused) {
    (void)unused;
    for (int i = 0; i < 8; i++) {
        char path[32];
        struct input_event event;
        snprintf(path, sizeof path, "/dev/input/event%d", i);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0) continue;
        char name[64] = "";
        ioctl(fd, EVIOCGNAME(sizeof name), name);
        if (strstr(name, "Power Button")) {
            while (read(fd, &event, sizeof event) == sizeof event) {
                if (event.type == EV_KEY && event.code == KEY_POWER && event.value == 1) {
                    leave(RB_POWER_OFF);
                }
            }
        }
        close(fd);
    }
    return NULL;
}
