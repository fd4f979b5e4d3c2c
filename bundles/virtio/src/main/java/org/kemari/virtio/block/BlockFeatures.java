package org.kemari.virtio.block;

/** Feature bits of a block device (virtio 1.2, 5.2.3). Masks, not bit numbers. */
public final class BlockFeatures {
    public static final long SIZE_MAX = 1L << 1;
    public static final long SEG_MAX = 1L << 2;
    public static final long GEOMETRY = 1L << 4;
    public static final long READ_ONLY = 1L << 5;
    public static final long BLOCK_SIZE = 1L << 6;
    public static final long FLUSH = 1L << 9;
    public static final long TOPOLOGY = 1L << 10;
    public static final long CONFIG_WRITEBACK = 1L << 11;
    public static final long MULTI_QUEUE = 1L << 12;
    public static final long DISCARD = 1L << 13;
    public static final long WRITE_ZEROES = 1L << 14;

    private BlockFeatures() {}
}
