package org.kemari.linux;

import static org.kemari.linux.LinuxException.check;

import java.io.IOException;
import java.util.Optional;
import org.kemari.linux.internal.LibKemari;

/**
 * Runs of pages, as {@link PageCapture} writes them and a standby applies them: an array of entries of 8 bytes, the first
 * page (u32) and the number of pages (u32), both little-endian. A number with {@link #ZERO_FLAG} means pages that are
 * zero and have no data; the data of all other runs follows, in their order, in a buffer of its own.
 */
public final class PageRuns {
    /** Bytes of one entry. */
    public static final int ENTRY_BYTES = 8;
    /** Highest bit of the page count: the pages are zero. */
    public static final int ZERO_FLAG = 0x8000_0000;

    private PageRuns() {}

    public static long firstPage(NativeMemory runs, long index) {
        return Integer.toUnsignedLong(runs.getInt(index * ENTRY_BYTES));
    }

    public static long pageCount(NativeMemory runs, long index) {
        return runs.getInt(index * ENTRY_BYTES + 4) & ~ZERO_FLAG;
    }

    public static boolean isZeroRun(NativeMemory runs, long index) {
        return (runs.getInt(index * ENTRY_BYTES + 4) & ZERO_FLAG) != 0;
    }

    /**
     * Checks runs that came from elsewhere: none empty, none outside the memory.
     *
     * @param ramBytes size of the memory that they are for
     * @return how many pages of data belong to them
     * @throws IOException if one is wrong
     */
    public static long dataPages(NativeMemory runs, long runsOffset, long count, long ramBytes) throws IOException {
        long address = runs.at(runsOffset, Math.multiplyExact(count, (long) ENTRY_BYTES));
        long pages = LibKemari.kemari_runs_check(address, count, ramBytes / PageCapture.PAGE_BYTES);
        if (pages < 0) {
            throw new IOException("a run of pages is empty or outside the guest's memory of " + ramBytes + " bytes");
        }
        return pages;
    }

    /**
     * Writes runs into a memory image. They are checked before anything is written.
     *
     * @param runsOffset where the entries begin, in bytes
     * @param dataOffset where the data of the first run begins, in bytes
     * @param ram the image, writable
     * @param ramFile its file, so that long runs of zeroes need not take space
     * @return how many pages of data were used
     */
    public static long apply(
            NativeMemory runs,
            long runsOffset,
            long count,
            NativeMemory data,
            long dataOffset,
            NativeMemory ram,
            Optional<Fd> ramFile)
            throws IOException {
        long pages = dataPages(runs, runsOffset, count, ram.size());
        long from = data.at(dataOffset, pages * PageCapture.PAGE_BYTES);
        long to = ram.writableAt(0, ram.size());
        long entries = runs.at(runsOffset, count * ENTRY_BYTES);
        if (ramFile.isEmpty()) {
            check(LibKemari.kemari_runs_apply(entries, count, from, to, -1), "apply", "pages");
            return pages;
        }
        int fd = ramFile.get().acquire();
        try {
            check(LibKemari.kemari_runs_apply(entries, count, from, to, fd), "apply pages to", ramFile.get());
        } finally {
            ramFile.get().release();
        }
        return pages;
    }
}
