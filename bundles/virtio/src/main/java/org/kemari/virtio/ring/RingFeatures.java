package org.kemari.virtio.ring;

/** Feature bits that concern rings (virtio 1.2, chapter 6). Masks, not bit numbers. */
public final class RingFeatures {
    /** The driver may use a descriptor that points to a table of descriptors. */
    public static final long INDIRECT_DESC = 1L << 28;
    /** Notifications are suppressed by index instead of by flag. */
    public static final long EVENT_IDX = 1L << 29;
    /** Not a legacy device. */
    public static final long VERSION_1 = 1L << 32;

    private RingFeatures() {}

    /** Whether all bits of a mask are set. */
    public static boolean has(long features, long mask) {
        return (features & mask) == mask;
    }
}
