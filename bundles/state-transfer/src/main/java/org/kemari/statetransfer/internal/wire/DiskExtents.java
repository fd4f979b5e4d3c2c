package org.kemari.statetransfer.internal.wire;

/** Extents of disks on the wire. */
public final class DiskExtents {
    /** What one bit or one digest stands for. */
    public static final int EXTENT_BYTES = 64 << 10;
    /** The beginning of the SHA-256 of an extent. */
    public static final int DIGEST_BYTES = 16;
    /** Digests in one frame at most: 64 MiB of disk. */
    public static final int MAX_DIGESTS = 1024;
    /** Bytes of bits in one frame at most: 4 GiB of disk. */
    public static final int MAX_BITS_BYTES = 8 << 10;

    private DiskExtents() {}

    /** How many extents there are, the last one perhaps shorter. */
    public static long count(long bytes) {
        return (bytes + EXTENT_BYTES - 1) / EXTENT_BYTES;
    }
}
