package org.kemari.linux;

import java.io.IOException;

/**
 * A reusable list of memory pieces for one scattered transfer. Threads: one at a time. The memory added must stay open
 * until the transfer is over.
 */
public final class IoVectors implements AutoCloseable {
    /** What the kernel takes at once; longer lists are moved in several calls. */
    public static final int KERNEL_LIMIT = 1024;

    private static final int ENTRY_BYTES = 16;

    private final NativeMemory entries;
    private final int capacity;
    private int count;
    private long bytes;

    public IoVectors(int capacity) throws IOException {
        if (capacity <= 0) {
            throw new IllegalArgumentException("capacity " + capacity + " is not positive");
        }
        this.capacity = capacity;
        this.entries = NativeMemory.allocate((long) capacity * ENTRY_BYTES);
    }

    public void clear() {
        count = 0;
        bytes = 0;
    }

    /**
     * Adds a piece; it is joined with the one before where both touch. An empty piece adds nothing.
     *
     * @throws IndexOutOfBoundsException if the range is not inside the memory
     * @throws IllegalStateException if the list is full
     */
    public void add(NativeMemory memory, long offset, long length) {
        long address = memory.at(offset, length);
        if (length == 0) {
            return;
        }
        long last = (long) (count - 1) * ENTRY_BYTES;
        if (count > 0 && entries.getLong(last) + entries.getLong(last + 8) == address) {
            entries.putLong(last + 8, entries.getLong(last + 8) + length);
        } else {
            if (count == capacity) {
                throw new IllegalStateException("more than " + capacity + " pieces");
            }
            long next = (long) count * ENTRY_BYTES;
            entries.putLong(next, address);
            entries.putLong(next + 8, length);
            count++;
        }
        bytes = Math.addExact(bytes, length);
    }

    /** Sum of the lengths. */
    public long bytes() {
        return bytes;
    }

    /** Pieces, after joining. */
    public int count() {
        return count;
    }

    public int capacity() {
        return capacity;
    }

    long address() {
        return entries.at(0, (long) count * ENTRY_BYTES);
    }

    @Override
    public void close() {
        entries.close();
    }
}
