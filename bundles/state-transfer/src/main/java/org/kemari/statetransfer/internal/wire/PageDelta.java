package org.kemari.statetransfer.internal.wire;

import java.nio.ByteBuffer;

/**
 * Entries of pages that travel as deltas, in a little-endian buffer: the page, the size of its {@link Deltas delta}, and the
 * CRC-32C of the whole page as it is afterwards, 32 bits each.
 */
public final class PageDelta {
    /** Size of one entry. */
    public static final int BYTES = 12;
    /** Entries that one frame carries at most. */
    public static final int MAX_PER_FRAME = 1024;
    /** The largest delta that is worth it. */
    public static final int MAX_BYTES = PageRuns.PAGE_BYTES / 2;

    private PageDelta() {}

    public static int count(ByteBuffer entries) {
        return entries.remaining() / BYTES;
    }

    public static long page(ByteBuffer entries, int index) {
        return Integer.toUnsignedLong(entries.getInt(entries.position() + index * BYTES));
    }

    public static int length(ByteBuffer entries, int index) {
        return entries.getInt(entries.position() + index * BYTES + 4);
    }

    public static int crc(ByteBuffer entries, int index) {
        return entries.getInt(entries.position() + index * BYTES + 8);
    }
}
