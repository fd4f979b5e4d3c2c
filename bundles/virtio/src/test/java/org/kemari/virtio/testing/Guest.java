package org.kemari.virtio.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.kemari.api.tap.MemoryRegion;
import org.kemari.linux.NativeMemory;
import org.kemari.virtio.ring.GuestMemory;
import org.kemari.virtio.ring.RingException;

/**
 * A guest's memory for tests: one region in the middle of a larger piece, of which the rest is filled with a pattern that
 * nobody may change.
 */
public final class Guest implements AutoCloseable {
    public static final long GUARD_BYTES = 8192;
    private static final byte GUARD = (byte) 0xa5;

    private final NativeMemory whole;
    private final long base;
    private final long size;
    private final GuestMemory memory;

    public Guest(long base, long size) {
        this.base = base;
        this.size = size;
        try {
            whole = NativeMemory.allocate(size + 2 * GUARD_BYTES);
            whole.fill(0, GUARD_BYTES, GUARD);
            whole.fill(GUARD_BYTES + size, GUARD_BYTES, GUARD);
            memory = GuestMemory.ofFile(whole, List.of(new MemoryRegion(base, size, GUARD_BYTES)), Optional.empty());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    public GuestMemory memory() {
        return memory;
    }

    /** The mapping, and where guest address 0 would be in it: for a {@link DriverRing}. */
    public NativeMemory mapping() {
        return whole;
    }

    public long driverBase() {
        return base - GUARD_BYTES;
    }

    public long base() {
        return base;
    }

    public long size() {
        return size;
    }

    /** Where a guest address lies in {@link #mapping()}. */
    public long at(long address) {
        return address - driverBase();
    }

    public DriverRing ring(long at, int ringSize, boolean eventIndex, int start) {
        return new DriverRing(whole, driverBase(), at, ringSize, eventIndex, start);
    }

    /** Whether nothing was written outside the guest. */
    public boolean guardsIntact() {
        for (long i = 0; i < GUARD_BYTES; i++) {
            if (whole.getByte(i) != GUARD || whole.getByte(GUARD_BYTES + size + i) != GUARD) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        whole.close();
    }
}
