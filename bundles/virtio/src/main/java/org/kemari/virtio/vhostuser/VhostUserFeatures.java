package org.kemari.virtio.vhostuser;

/** Feature bits of the protocol. Masks, not bit numbers. */
public final class VhostUserFeatures {
    /** Among the virtio features: the protocol has features of its own. Without it rings are enabled from the start. */
    public static final long PROTOCOL_FEATURES = 1L << 30;
    /** Among the virtio features: the front-end wants a log of written pages. Kemari does not offer it. */
    public static final long LOG_ALL = 1L << 26;

    /** Protocol feature: more than one queue, or pair of queues. */
    public static final long MULTI_QUEUE = 1L;
    /** Protocol feature: the back-end announces the MAC address when asked. */
    public static final long RARP = 1L << 2;
    /** Protocol feature: any request may ask to be acknowledged. */
    public static final long REPLY_ACK = 1L << 3;
    /** Protocol feature: the front-end tells the MTU. */
    public static final long NET_MTU = 1L << 4;
    /** Protocol feature: a channel in the other direction. */
    public static final long BACKEND_REQUESTS = 1L << 5;
    /** Protocol feature: the back-end has the configuration space. */
    public static final long CONFIG = 1L << 9;
    /** Protocol feature: what is in flight is kept in memory that outlives the back-end. */
    public static final long INFLIGHT = 1L << 12;
    /** Protocol feature: an explicit reset. */
    public static final long RESET_DEVICE = 1L << 13;
    /** Protocol feature: the front-end tells the device's status. */
    public static final long STATUS = 1L << 16;

    private VhostUserFeatures() {}
}
