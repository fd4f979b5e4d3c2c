/* TAP devices and bridges, by ioctl. */
#define _GNU_SOURCE
#include "kemari.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int name_into(struct ifreq *request, const char *name) {
    size_t length = strlen(name);
    if (length == 0 || length >= IFNAMSIZ) return -ENAMETOOLONG;
    memset(request, 0, sizeof *request);
    memcpy(request->ifr_name, name, length + 1);
    return 0;
}

/* One ioctl on any socket, which is how interfaces are configured. */
static int configure(unsigned long command, void *request) {
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    int result = (int)KEMARI_RESULT(ioctl(fd, command, request));
    close(fd);
    return result;
}

KEMARI_API int kemari_tap_open(const char *name) {
    struct ifreq request;
    int wrong = name_into(&request, name);
    if (wrong) return wrong;
    int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return -errno;
    request.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR;
    if (ioctl(fd, TUNSETIFF, &request) < 0) {
        int reason = errno;
        close(fd);
        return -reason;
    }
    return fd;
}

KEMARI_API int kemari_tap_header_size(int fd, int bytes) {
    int little_endian = 1;
    if (ioctl(fd, TUNSETVNETLE, &little_endian) < 0) return -errno;
    return (int)KEMARI_RESULT(ioctl(fd, TUNSETVNETHDRSZ, &bytes));
}

KEMARI_API int kemari_tap_offloads(int fd, int checksum, int tso4, int tso6, int ecn, int ufo) {
    unsigned long flags = 0;
    if (checksum) {
        flags = TUN_F_CSUM | (tso4 ? TUN_F_TSO4 : 0) | (tso6 ? TUN_F_TSO6 : 0);
        if (ecn && (tso4 || tso6)) flags |= TUN_F_TSO_ECN;
        if (ufo) flags |= TUN_F_UFO;
    }
    return (int)KEMARI_RESULT(ioctl(fd, TUNSETOFFLOAD, flags));
}

/* A frame, or 0 if none waits. */
KEMARI_API int64_t kemari_tap_read(int fd, const struct iovec *vectors, int count) {
    int64_t result = KEMARI_RESULT(readv(fd, vectors, count));
    return result == -EAGAIN ? 0 : result;
}

/* A frame; 0 if it does not fit into the queue now. */
KEMARI_API int64_t kemari_tap_write(int fd, const struct iovec *vectors, int count) {
    int64_t result = KEMARI_RESULT(writev(fd, vectors, count));
    return result == -EAGAIN || result == -ENOBUFS ? 0 : result;
}

KEMARI_API int kemari_link_index(const char *name) {
    unsigned int index = if_nametoindex(name);
    return index ? (int)index : -ENODEV;
}

KEMARI_API int kemari_link_up(const char *name, int up) {
    struct ifreq request;
    int wrong = name_into(&request, name);
    if (wrong) return wrong;
    int result = configure(SIOCGIFFLAGS, &request);
    if (result < 0) return result;
    if (up) {
        request.ifr_flags |= IFF_UP;
    } else {
        request.ifr_flags &= ~IFF_UP;
    }
    return configure(SIOCSIFFLAGS, &request);
}

KEMARI_API int kemari_link_mtu(const char *name, int bytes) {
    struct ifreq request;
    int wrong = name_into(&request, name);
    if (wrong) return wrong;
    request.ifr_mtu = bytes;
    return configure(SIOCSIFMTU, &request);
}

KEMARI_API int kemari_link_mac(const char *name, const unsigned char *mac) {
    struct ifreq request;
    int wrong = name_into(&request, name);
    if (wrong) return wrong;
    request.ifr_hwaddr.sa_family = ARPHRD_ETHER;
    memcpy(request.ifr_hwaddr.sa_data, mac, 6);
    return configure(SIOCSIFHWADDR, &request);
}

/* -EBUSY: it is in a bridge already, perhaps another one. */
KEMARI_API int kemari_bridge_join(const char *bridge, const char *name) {
    struct ifreq request;
    int wrong = name_into(&request, bridge);
    if (wrong) return wrong;
    request.ifr_ifindex = kemari_link_index(name);
    if (request.ifr_ifindex < 0) return request.ifr_ifindex;
    return configure(SIOCBRADDIF, &request);
}

KEMARI_API int kemari_bridge_leave(const char *bridge, const char *name) {
    struct ifreq request;
    int wrong = name_into(&request, bridge);
    if (wrong) return wrong;
    request.ifr_ifindex = kemari_link_index(name);
    if (request.ifr_ifindex < 0) return request.ifr_ifindex;
    return configure(SIOCBRDELIF, &request);
}
