package org.kemari.statetransfer.internal.outgoing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.kemari.linux.NativeMemory;
import org.kemari.statetransfer.internal.wire.PageRuns;

/**
 * Pages as they were sent last in a session, as many as there is room for: each in one of a few places that its number
 * names, in the longest used one if they are taken. A page is worth a place when it is sent for the second time. Made once,
 * outside the heap; takes space as far as it is used. One thread.
 */
final class PageCache implements AutoCloseable {
    private static final int WAYS = 4;
    private static final int NONE = -1;

    private final NativeMemory memory;
    private final ByteBuffer content;
    private final int sets;
    private final int[] pages;
    private final byte[] turn;
    /** Pages that were sent lately. */
    private final long[] seen;

    private int seenCount;
    private int used;

    /** @param bytes room for pages, at most 1 GiB; less than the memory of the guest is taken for a small one */
    PageCache(long bytes, long guestPages) throws IOException {
        long wanted = Math.min(Math.min(bytes, 1 << 30) >> PageRuns.PAGE_SHIFT, guestPages + WAYS);
        sets = (int) Math.max(1, wanted / WAYS);
        pages = new int[sets * WAYS];
        turn = new byte[sets];
        seen = new long[Math.toIntExact((guestPages + 63) / 64)];
        int size = pages.length << PageRuns.PAGE_SHIFT;
        memory = NativeMemory.allocate(size);
        content = memory.buffer(0, size);
        Arrays.fill(pages, NONE);
    }

    /** What was sent; a page is where {@link #find} says. */
    NativeMemory memory() {
        return memory;
    }

    /** The same, little-endian, from 0 to its capacity. */
    ByteBuffer content() {
        return content;
    }

    /** Where in the content a page begins; -1 if it is not there. */
    int find(long page) {
        int first = set(page) * WAYS;
        for (int i = first; i < first + WAYS; i++) {
            if (pages[i] == (int) page) {
                return i << PageRuns.PAGE_SHIFT;
            }
        }
        return NONE;
    }

    private int set(long page) {
        return (int) (page % sets);
    }

    /** A page that is not here is sent, with this content. */
    void sent(long page, NativeMemory data, long at) {
        long bit = 1L << page;
        int word = (int) (page >>> 6);
        if ((seen[word] & bit) == 0) {
            if (++seenCount > 4 * pages.length) {
                Arrays.fill(seen, 0);
                seenCount = 1;
            }
            seen[word] |= bit;
            return;
        }
        int set = set(page);
        int slot = set * WAYS + turn[set];
        turn[set] = (byte) ((turn[set] + 1) % WAYS);
        pages[slot] = (int) page;
        used = Math.max(used, slot + 1);
        NativeMemory.copy(data, at, memory, (long) slot << PageRuns.PAGE_SHIFT, PageRuns.PAGE_BYTES);
    }

    /** It was not worth its place, which began here; it begins anew. */
    void drop(int at) {
        int slot = at >> PageRuns.PAGE_SHIFT;
        long page = Integer.toUnsignedLong(pages[slot]);
        pages[slot] = NONE;
        seen[(int) (page >>> 6)] &= ~(1L << page);
    }

    /** These are not known any more. */
    void forget(long first, long count) {
        if (count > pages.length) {
            clear();
            return;
        }
        for (long page = first; page < first + count; page++) {
            int at = find(page);
            if (at >= 0) {
                pages[at >> PageRuns.PAGE_SHIFT] = NONE;
            }
        }
    }

    /** Nothing is known any more. */
    void clear() {
        Arrays.fill(pages, NONE);
    }

    /** Memory that it has ever used. */
    long bytes() {
        return (long) used << PageRuns.PAGE_SHIFT;
    }

    long limitBytes() {
        return memory.size();
    }

    @Override
    public void close() {
        memory.close();
    }
}
