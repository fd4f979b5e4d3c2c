package org.kemari.eventtap.internal;

import java.io.IOException;
import org.kemari.linux.IoVectors;
import org.kemari.linux.NativeMemory;
import org.kemari.linux.TapDevice;
import org.kemari.virtio.net.NetFeatures;
import org.kemari.virtio.net.NetHeader;
import org.kemari.virtio.ring.RingFeatures;

/** The host's side of a network device: a TAP device, always with the full header before each frame. */
final class Nic implements AutoCloseable {
    private static final int RARP_BYTES = 60;
    private static final int MAC_BYTES = 6;

    private final TapDevice tap;
    private final byte[] mac;
    private final NativeMemory rarp;
    private final IoVectors rarpVectors = new IoVectors(1);

    private Nic(TapDevice tap, byte[] mac) throws IOException {
        this.tap = tap;
        this.mac = mac;
        this.rarp = NativeMemory.allocate(NetHeader.BYTES + RARP_BYTES);
        rarpVectors.add(rarp, 0, rarp.size());
    }

    /**
     * Makes the TAP device and joins it to the bridge.
     *
     * @param bridge empty: to none
     * @param mac the guest's
     * @param up whether its link is up from the start
     */
    static Nic open(String name, String bridge, String mac, boolean up) throws IOException {
        TapDevice tap = TapDevice.open(name);
        try {
            tap.setVnetHeaderSize(NetHeader.BYTES);
            tap.setOffloads(false, false, false, false, false);
            tap.setMac(highest(parseMac(mac)));
            tap.setUp(up);
            if (!bridge.isEmpty()) {
                tap.joinBridge(bridge);
            }
            return new Nic(tap, parseMac(mac));
        } catch (IOException | RuntimeException e) {
            tap.close();
            throw e;
        }
    }

    /**
     * An address of the TAP device's own. A bridge that was given none takes the lowest of its ports': with a chance one
     * the host itself would change its address, and drop off the network for a while, when a guest comes or goes. Higher
     * than that of any card, and of nearly all virtual ones, whose addresses are made by chance.
     */
    static byte[] highest(byte[] guest) {
        byte[] address = guest.clone();
        address[0] = (byte) 0xfe;
        address[1] = (byte) 0xff;
        return address;
    }

    private static byte[] parseMac(String text) {
        String[] pairs = text.split(":");
        byte[] mac = new byte[MAC_BYTES];
        if (pairs.length != MAC_BYTES) {
            throw new IllegalArgumentException("not a MAC address: " + text);
        }
        for (int i = 0; i < MAC_BYTES; i++) {
            mac[i] = (byte) Integer.parseInt(pairs[i], 16);
        }
        return mac;
    }

    TapDevice tap() {
        return tap;
    }

    void setUp(boolean up) throws IOException {
        tap.setUp(up);
    }

    /** Lets the kernel hand over what the guest can take. */
    void setGuestFeatures(long features) throws IOException {
        tap.setOffloads(
                RingFeatures.has(features, NetFeatures.GUEST_CSUM),
                RingFeatures.has(features, NetFeatures.GUEST_TSO4),
                RingFeatures.has(features, NetFeatures.GUEST_TSO6),
                RingFeatures.has(features, NetFeatures.GUEST_ECN),
                RingFeatures.has(features, NetFeatures.GUEST_UFO));
    }

    /** Tells the bridge, and whoever listens, that the guest is here: a reverse ARP request (RFC 903). */
    void sendRarp() throws IOException {
        rarp.fill(0, rarp.size(), (byte) 0);
        long at = NetHeader.BYTES;
        rarp.fill(at, MAC_BYTES, (byte) 0xff);
        putMac(at + 6, mac);
        putBigEndian(at + 12, 0x8035);
        putBigEndian(at + 14, 1);
        putBigEndian(at + 16, 0x0800);
        putBigEndian(at + 18, MAC_BYTES << 8 | 4);
        putBigEndian(at + 20, 3);
        putMac(at + 22, mac);
        putMac(at + 32, mac);
        tap.write(rarpVectors);
    }

    private void putMac(long at, byte[] address) {
        for (int i = 0; i < MAC_BYTES; i++) {
            rarp.putByte(at + i, address[i]);
        }
    }

    private void putBigEndian(long at, int value) {
        rarp.putByte(at, (byte) (value >>> 8));
        rarp.putByte(at + 1, (byte) value);
    }

    @Override
    public void close() {
        tap.close();
        rarpVectors.close();
        rarp.close();
    }
}
