package org.kemari.simulation;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.kemari.api.tap.DeviceKind;
import org.kemari.api.tap.DeviceSnapshot;
import org.kemari.api.tap.InFlight;
import org.kemari.api.tap.MemoryRegion;
import org.kemari.api.tap.RingSnapshot;
import org.kemari.api.tap.TapSnapshot;

/**
 * A guest's memory, as real pages: what it has produced last, what it believes to be on its disk, and the ring with its
 * requests. Pages that have changed are marked, as the kernel would.
 */
public final class Guest {
    public static final int PAGE_BYTES = 4096;
    public static final int PAGES = 3;
    public static final int BLOCKS = 6;
    public static final int BLOCK_BYTES = 512;
    public static final int DISK_BYTES = BLOCKS * BLOCK_BYTES;
    static final int SLOTS = 8;
    public static final int MEMORY_BYTES = PAGES * PAGE_BYTES;
    /** What is on a block whose last write has failed. */
    static final int UNKNOWN = -1;

    private static final int ALL = (1 << PAGES) - 1;
    /** Each page ends with the last output once more: a mixture of two moments shows. */
    private static final int STAMP = PAGE_BYTES - 8;

    int tip;
    int ticks;
    final int[] completed = new int[BLOCKS];
    final int[] slotOutput = new int[SLOTS];
    final long[] slotSequence = new long[SLOTS];
    long nextSequence = 1;
    private int dirty = ALL; // since the last capture
    private int written = ALL; // since the memory was that of the checkpoint it was resumed from

    /** A guest that boots from this disk. */
    public static Guest booted(int tip, Disk disk) {
        Guest guest = new Guest();
        guest.tip = tip;
        for (int block = 0; block < BLOCKS; block++) {
            guest.completed[block] = disk.read(block);
        }
        return guest;
    }

    /** The guest in a memory image. */
    public static Guest in(byte[] memory) {
        ByteBuffer in = ByteBuffer.wrap(memory).order(ByteOrder.LITTLE_ENDIAN);
        Guest guest = new Guest();
        guest.tip = in.getInt(0);
        guest.ticks = in.getInt(2 * PAGE_BYTES);
        for (int block = 0; block < BLOCKS; block++) {
            guest.completed[block] = in.getInt(16 + 4 * block);
        }
        for (int slot = 0; slot < SLOTS; slot++) {
            guest.slotOutput[slot] = in.getInt(PAGE_BYTES + 16 * slot);
            guest.slotSequence[slot] = in.getLong(PAGE_BYTES + 16 * slot + 8);
        }
        guest.nextSequence = in.getLong(PAGE_BYTES + STAMP);
        guest.dirty = 0;
        guest.written = 0;
        return guest;
    }

    /** The output whose request a slot of the ring in this image holds. */
    public static int requestAt(byte[] memory, int slot) {
        return ByteBuffer.wrap(memory).order(ByteOrder.LITTLE_ENDIAN).getInt(PAGE_BYTES + 16 * slot);
    }

    void produced(int output) {
        tip = output;
        touch(0b001);
    }

    void compute() {
        ticks++;
        touch(0b100);
    }

    /** A free slot, or -1. */
    int freeSlot() {
        for (int slot = 0; slot < SLOTS; slot++) {
            if (slotOutput[slot] == 0) {
                return slot;
            }
        }
        return -1;
    }

    void request(int slot, int output) {
        slotOutput[slot] = output;
        slotSequence[slot] = nextSequence++;
        touch(0b010);
    }

    void complete(int slot, int block, boolean done) {
        completed[block] = done ? slotOutput[slot] : UNKNOWN;
        slotOutput[slot] = 0;
        slotSequence[slot] = 0;
        touch(0b011);
    }

    private void touch(int pages) {
        dirty |= pages;
        written |= pages;
    }

    public int takeDirty() {
        int pages = dirty;
        dirty = 0;
        return pages;
    }

    /** A capture that came to nothing. */
    public void putBackDirty(int pages) {
        dirty |= pages;
    }

    public void allDirty() {
        dirty = ALL;
    }

    /** Pages written since the guest was resumed from an image. */
    public int written() {
        return written;
    }

    public byte[] page(int page) {
        byte[] bytes = new byte[PAGE_BYTES];
        ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (page == 0) {
            out.putInt(0, tip);
            for (int block = 0; block < BLOCKS; block++) {
                out.putInt(16 + 4 * block, completed[block]);
            }
            out.putInt(STAMP, tip);
        } else if (page == 1) {
            for (int slot = 0; slot < SLOTS; slot++) {
                out.putInt(16 * slot, slotOutput[slot]).putLong(16 * slot + 8, slotSequence[slot]);
            }
            out.putLong(STAMP, nextSequence);
        } else {
            out.putInt(0, ticks).putInt(STAMP, ticks);
        }
        return bytes;
    }

    public byte[] memory() {
        byte[] memory = new byte[MEMORY_BYTES];
        for (int page = 0; page < PAGES; page++) {
            System.arraycopy(page(page), 0, memory, page * PAGE_BYTES, PAGE_BYTES);
        }
        return memory;
    }

    /** The rings as the tap hands them to the checkpoint. */
    TapSnapshot rings() {
        List<InFlight> inFlight = new ArrayList<>();
        int[] order = new int[SLOTS];
        int pending = 0;
        for (int slot = 0; slot < SLOTS; slot++) {
            if (slotOutput[slot] != 0) {
                order[pending++] = slot;
            }
        }
        for (int i = 1; i < pending; i++) {
            for (int j = i; j > 0 && slotSequence[order[j - 1]] > slotSequence[order[j]]; j--) {
                int swap = order[j];
                order[j] = order[j - 1];
                order[j - 1] = swap;
            }
        }
        for (int i = 0; i < pending; i++) {
            inFlight.add(new InFlight(order[i], slotSequence[order[i]]));
        }
        RingSnapshot ring = new RingSnapshot(0, SLOTS, PAGE_BYTES, PAGE_BYTES, PAGE_BYTES, 0, 0, inFlight);
        return new TapSnapshot(
                List.of(new MemoryRegion(0, MEMORY_BYTES, 0)),
                List.of(new DeviceSnapshot("disk0", DeviceKind.BLOCK, 0, 1, List.of(ring))));
    }

    /** By slot, 0 for a free one. */
    long[] pendingSequences() {
        return slotSequence.clone();
    }

    /** One of the outputs that are pending since then; 0 if all are completed. */
    int stillPending(long[] sequences) {
        for (int slot = 0; slot < SLOTS; slot++) {
            if (sequences[slot] != 0 && slotSequence[slot] == sequences[slot]) {
                return slotOutput[slot];
            }
        }
        return 0;
    }

    boolean isPending(int block, History history) {
        for (int slot = 0; slot < SLOTS; slot++) {
            if (slotOutput[slot] != 0 && history.detail(slotOutput[slot]) == block) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return "guest after #" + tip + ", disk " + Arrays.toString(completed) + ", ring " + Arrays.toString(slotOutput);
    }
}
