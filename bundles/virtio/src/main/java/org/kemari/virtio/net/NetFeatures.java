package org.kemari.virtio.net;

/** Feature bits of a network device (virtio 1.2, 5.1.3). Masks, not bit numbers. */
public final class NetFeatures {
    /** The device takes frames with partial checksums. */
    public static final long CSUM = 1L;
    /** The driver takes frames with partial checksums. */
    public static final long GUEST_CSUM = 1L << 1;

    public static final long MTU = 1L << 3;
    public static final long MAC = 1L << 5;
    public static final long GUEST_TSO4 = 1L << 7;
    public static final long GUEST_TSO6 = 1L << 8;
    public static final long GUEST_ECN = 1L << 9;
    public static final long GUEST_UFO = 1L << 10;
    public static final long HOST_TSO4 = 1L << 11;
    public static final long HOST_TSO6 = 1L << 12;
    public static final long HOST_ECN = 1L << 13;
    public static final long HOST_UFO = 1L << 14;
    /** A received frame may be spread over several requests. */
    public static final long MERGEABLE_BUFFERS = 1L << 15;

    public static final long STATUS = 1L << 16;
    public static final long GUEST_ANNOUNCE = 1L << 21;
    public static final long MULTI_QUEUE = 1L << 22;

    private NetFeatures() {}
}
