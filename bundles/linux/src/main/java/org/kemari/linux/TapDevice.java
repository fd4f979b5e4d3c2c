package org.kemari.linux;

import java.io.IOException;
import org.kemari.linux.internal.LibKemari;

/**
 * A virtual Ethernet device of the host (Documentation/networking/tuntap.rst), whose frames are read and written here,
 * each after a virtio-net header in little-endian. It vanishes when closed, unless it was there before and is persistent.
 *
 * <p>Threads: one reads and one writes at a time.
 */
public final class TapDevice implements AutoCloseable {
    private static final String PRIVILEGE =
            " (this needs CAP_NET_ADMIN: run as root, or give the service that capability)";

    private final Fd fd;
    private final String name;

    private TapDevice(Fd fd, String name) {
        this.fd = fd;
        this.name = name;
    }

    /**
     * Makes a device, or takes the existing one of that name.
     *
     * @param name at most 15 characters
     */
    public static TapDevice open(String name) throws IOException {
        int result = LibKemari.kemari_tap_open(name);
        if (result == -LinuxException.ENOENT || result == -LinuxException.ENODEV) {
            throw new LinuxException(-result, "open TAP device", name, " (/dev/net/tun is missing: modprobe tun)");
        }
        if (result == -LinuxException.EBUSY) {
            throw new LinuxException(
                    -result, "open TAP device", name, " (another process has it, or choose another name)");
        }
        if (result == -LinuxException.EINVAL) {
            throw new LinuxException(
                    -result, "open TAP device", name, " (is there an interface of another kind with it?)");
        }
        return new TapDevice(Fd.own(allowed(result, "open TAP device", name), "TAP device " + name), name);
    }

    public String name() {
        return name;
    }

    /** Bytes of the virtio-net header before each frame: 10, or 12 with mergeable receive buffers or virtio 1. */
    public void setVnetHeaderSize(int bytes) throws IOException {
        int number = fd.acquire();
        try {
            allowed(LibKemari.kemari_tap_header_size(number, bytes), "set the header size of", name);
        } finally {
            fd.release();
        }
    }

    /** What the guest can take: frames without checksum, and such that are longer than the MTU. */
    public void setOffloads(boolean csum, boolean tso4, boolean tso6, boolean ecn, boolean ufo) throws IOException {
        int number = fd.acquire();
        try {
            allowed(
                    LibKemari.kemari_tap_offloads(number, bit(csum), bit(tso4), bit(tso6), bit(ecn), bit(ufo)),
                    "set the offloads of",
                    name);
        } finally {
            fd.release();
        }
    }

    /** Reads one frame with its header; what does not fit is lost. Returns its bytes, or -1 if none waits. */
    public int read(IoVectors frame) throws IOException {
        int number = fd.acquire();
        try {
            int length = (int)
                    LinuxException.check(LibKemari.kemari_tap_read(number, frame.address(), frame.count()), "read", fd);
            return length == 0 ? -1 : length;
        } finally {
            fd.release();
        }
    }

    /** Writes one frame with its header. Returns its bytes, or -1 if it must be tried again later. */
    public int write(IoVectors frame) throws IOException {
        int number = fd.acquire();
        try {
            int length = (int) LinuxException.check(
                    LibKemari.kemari_tap_write(number, frame.address(), frame.count()), "write", fd);
            return length == 0 ? -1 : length;
        } finally {
            fd.release();
        }
    }

    /** The descriptor, for a {@link Poller}; still owned by this. */
    public Fd fd() {
        return fd;
    }

    /** Makes it a port of a bridge. */
    public void joinBridge(String bridge) throws IOException {
        int result = LibKemari.kemari_bridge_join(bridge, name);
        if (result == -LinuxException.ENODEV) {
            throw new LinuxException(
                    -result, "join bridge", bridge, " (make it first: ip link add " + bridge + " type bridge)");
        }
        if (result == -LinuxException.EBUSY) {
            throw new LinuxException(-result, "join bridge", bridge, " (" + name + " is in a bridge already)");
        }
        allowed(result, "join bridge", bridge);
    }

    public void leaveBridge(String bridge) throws IOException {
        allowed(LibKemari.kemari_bridge_leave(bridge, name), "leave bridge", bridge);
    }

    /** Down, it neither receives nor sends. */
    public void setUp(boolean up) throws IOException {
        allowed(LibKemari.kemari_link_up(name, bit(up)), up ? "set up" : "set down", name);
    }

    /** Largest frame without its Ethernet header, in bytes. */
    public void setMtu(int bytes) throws IOException {
        allowed(LibKemari.kemari_link_mtu(name, bytes), "set the MTU of", name);
    }

    /** Address of the host's side; not the guest's. */
    public void setMac(byte[] mac) throws IOException {
        if (mac.length != 6) {
            throw new IllegalArgumentException("a MAC has 6 bytes, not " + mac.length);
        }
        allowed(LibKemari.kemari_link_mac(name, mac), "set the MAC of", name);
    }

    private static int allowed(int result, String call, String object) throws LinuxException {
        if (result == -LinuxException.EPERM || result == -LinuxException.EACCES) {
            throw new LinuxException(-result, call, object, PRIVILEGE);
        }
        return (int) LinuxException.check(result, call, object);
    }

    private static int bit(boolean value) {
        return value ? 1 : 0;
    }

    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return "TAP device " + name;
    }
}
