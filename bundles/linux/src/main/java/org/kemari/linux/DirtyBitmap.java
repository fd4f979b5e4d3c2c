package org.kemari.linux;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.kemari.linux.internal.LibKemari;

/**
 * A file with one bit per granule (a page, an extent), in little-endian 64-bit words. Processes share it; what one has
 * marked survives its death. Threads and processes: any, all changes of bits are atomic.
 */
public final class DirtyBitmap implements AutoCloseable {
    private final long bits;
    private final NativeMemory memory;

    private DirtyBitmap(long bits, NativeMemory memory) {
        this.bits = bits;
        this.memory = memory;
    }

    /**
     * Opens a bitmap; a missing or shorter file is made and filled up with zeroes, a longer one is an error.
     *
     * @param bits how many, more than 0
     */
    public static DirtyBitmap open(Path path, long bits) throws IOException {
        if (bits <= 0) {
            throw new IllegalArgumentException(bits + " bits");
        }
        long bytes = (bits + 63) / 64 * 8;
        try (Fd fd = Fd.open(path, OpenMode.CREATE)) {
            long size = fd.size();
            if (size > bytes) {
                throw new IOException(path + " has " + size + " bytes, more than the " + bytes + " of " + bits
                        + " bits: it belongs to something else");
            }
            if (size < bytes) {
                fd.truncate(bytes);
            }
            return new DirtyBitmap(bits, NativeMemory.map(fd, 0, bytes, true));
        }
    }

    /** A bitmap without a file, for one process. */
    public static DirtyBitmap anonymous(long bits) throws IOException {
        return new DirtyBitmap(bits, NativeMemory.allocate((bits + 63) / 64 * 8));
    }

    /** Says whose marks these are; see {@link NativeMemory#countFor}. */
    public DirtyBitmap countFor(String domain) {
        memory.countFor(domain, "marks of what was written");
        return this;
    }

    public long bits() {
        return bits;
    }

    /** How many words there are. */
    public long words() {
        return memory.size() / 8;
    }

    /** Sets bits, with the effect of a full fence: what the thread writes afterwards is written after the mark. */
    public void mark(long firstBit, long count) {
        Objects.checkFromIndexSize(firstBit, count, bits);
        long end = firstBit + count;
        for (long bit = firstBit; bit < end; ) {
            long wordEnd = Math.min((bit | 63) + 1, end);
            long mask = (-1L >>> (64 - (wordEnd - bit))) << (bit & 63);
            memory.getAndOrLong(bit >>> 6 << 3, mask);
            bit = wordEnd;
        }
    }

    public boolean isMarked(long bit) {
        Objects.checkIndex(bit, bits);
        return (memory.getLongAcquire(bit >>> 6 << 3) >>> (bit & 63) & 1) != 0;
    }

    /** Takes and clears 64 bits at once: bit n of the result is the granule {@code index * 64 + n}. */
    public long takeWord(long index) {
        // Looking first spares the shared cache line where nothing is marked.
        return memory.getLongAcquire(index * 8) == 0 ? 0 : memory.getAndSetLong(index * 8, 0);
    }

    /** Puts back bits of a word that was taken. */
    public void markWord(long index, long word) {
        if (word != 0) {
            memory.getAndOrLong(index * 8, word);
        }
    }

    /**
     * Takes and clears all bits, adding them to an array.
     *
     * @param into at least {@link #words()} long
     * @return whether any was set
     */
    public boolean take(long[] into) {
        boolean any = false;
        for (int i = 0; i < words(); i++) {
            long word = takeWord(i);
            into[i] |= word;
            any |= word != 0;
        }
        return any;
    }

    public void setAll() {
        mark(0, bits);
    }

    public void clearAll() {
        for (long i = 0; i < words(); i++) {
            takeWord(i);
        }
    }

    /** How many are set. */
    public long count() {
        return LibKemari.kemari_count_bits(memory.at(0, memory.size()), words());
    }

    /** The words; still owned by this. */
    public NativeMemory memory() {
        return memory;
    }

    @Override
    public void close() {
        memory.close();
    }
}
