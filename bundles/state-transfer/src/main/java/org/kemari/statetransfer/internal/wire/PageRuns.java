package org.kemari.statetransfer.internal.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Runs of pages in a little-endian buffer, in the form in which {@link org.kemari.linux.PageCapture} writes them: the
 * first page and the number of pages, 32 bits each; with {@link #ZERO_FLAG} in the number the pages are zero and have no
 * data.
 */
public final class PageRuns {
    public static final int PAGE_SHIFT = 12;
    public static final int PAGE_BYTES = 1 << PAGE_SHIFT;
    /** Size of one run. */
    public static final int BYTES = org.kemari.linux.PageRuns.ENTRY_BYTES;

    public static final int ZERO_FLAG = org.kemari.linux.PageRuns.ZERO_FLAG;
    /** Pages with data that one frame carries at most. */
    public static final int MAX_PAGES_PER_FRAME = 256;
    /** Runs that one frame carries at most. */
    public static final int MAX_RUNS_PER_FRAME = 8192;

    private PageRuns() {}

    public static int count(ByteBuffer runs) {
        return runs.remaining() / BYTES;
    }

    public static long first(ByteBuffer runs, int index) {
        return Integer.toUnsignedLong(runs.getInt(runs.position() + index * BYTES));
    }

    public static int length(ByteBuffer runs, int index) {
        return runs.getInt(runs.position() + index * BYTES + 4) & ~ZERO_FLAG;
    }

    public static boolean isZero(ByteBuffer runs, int index) {
        return (runs.getInt(runs.position() + index * BYTES + 4) & ZERO_FLAG) != 0;
    }

    /**
     * Checks that all runs are within the memory.
     *
     * @return number of pages that have data
     */
    static long check(ByteBuffer runs, long memoryPages) throws WireException {
        if (runs.order() != ByteOrder.LITTLE_ENDIAN) {
            throw new IllegalArgumentException("runs are little-endian");
        }
        long dataPages = 0;
        for (int i = 0; i < count(runs); i++) {
            long first = first(runs, i);
            long length = length(runs, i);
            if (length < 1 || first >= memoryPages || length > memoryPages - first) {
                throw new WireException("a frame for " + length + " pages from page " + first + " of a guest with "
                        + memoryPages + " pages");
            }
            dataPages += isZero(runs, i) ? 0 : length;
        }
        return dataPages;
    }

    /** Number of pages in runs that have been checked. */
    public static long pages(ByteBuffer runs) {
        long pages = 0;
        for (int i = 0; i < count(runs); i++) {
            pages += length(runs, i);
        }
        return pages;
    }
}
