package org.kemari.virtio.testing;

import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.kemari.linux.NativeMemory;
import org.kemari.virtio.ring.RingLayout;

/**
 * The guest driver's side of a split ring, for tests: as a driver of good faith would work it, with doors through which a
 * test can put anything else into it. Guest addresses are offsets of the memory plus a base.
 */
public final class DriverRing {
    public static final int NEXT = 1;
    public static final int WRITE = 2;
    public static final int INDIRECT = 4;

    /** A buffer of a request. */
    public record Buffer(long address, long length, boolean writable) {
        public static Buffer readable(long address, long length) {
            return new Buffer(address, length, false);
        }

        public static Buffer writable(long address, long length) {
            return new Buffer(address, length, true);
        }
    }

    /** A completion. */
    public record Used(int head, long length) {}

    private final NativeMemory memory;
    private final long base;
    private final RingLayout layout;
    private final boolean eventIndex;
    private final Deque<Integer> free = new ArrayDeque<>();
    private final List<List<Integer>> chains = new ArrayList<>();
    private int nextAvail;
    private int shownAvail;
    private int lastUsed;
    private int kickedAvail;

    /**
     * @param memory what holds the guest's memory
     * @param base guest address of its first byte
     * @param at guest address of the ring, aligned to 16; it takes {@link #bytes} bytes
     * @param start index at which both rings begin, to test the wrap-around
     */
    public DriverRing(NativeMemory memory, long base, long at, int size, boolean eventIndex, int start) {
        this.memory = memory;
        this.base = base;
        this.eventIndex = eventIndex;
        long avail = at + 16L * size;
        long used = (avail + 6 + 2L * size + 3) & ~3L;
        layout = new RingLayout(size, at, avail, used);
        for (int i = 0; i < size; i++) {
            free.add(i);
            chains.add(List.of());
        }
        nextAvail = start & 0xffff;
        shownAvail = nextAvail;
        kickedAvail = nextAvail;
        lastUsed = nextAvail;
        setAvailIndex(nextAvail);
        setUsedIndex(nextAvail);
        setUsedEvent(nextAvail);
        put(used + 4 + 8L * size, nextAvail);
    }

    /** Space that a ring takes in memory, rounded up to 64. */
    public static long bytes(int size) {
        return (16L * size + 6 + 2L * size + 4 + 6 + 8L * size + 63) & ~63L;
    }

    public RingLayout layout() {
        return layout;
    }

    public int freeDescriptors() {
        return free.size();
    }

    /** The descriptor that the next request will begin with. */
    public int nextFree() {
        return free.element();
    }

    /** Adds a request of direct descriptors; it is shown to the device by {@link #show}. Returns its head. */
    public int add(List<Buffer> buffers) {
        List<Integer> chain = new ArrayList<>();
        for (int i = 0; i < buffers.size(); i++) {
            chain.add(free.remove());
        }
        for (int i = 0; i < chain.size(); i++) {
            boolean last = i == chain.size() - 1;
            descriptor(chain.get(i), buffers.get(i), last ? 0 : NEXT, last ? 0 : chain.get(i + 1));
        }
        return enqueue(chain);
    }

    /** Adds a request through a table at a guest address; returns its head. */
    public int addIndirect(long table, List<Buffer> buffers) {
        for (int i = 0; i < buffers.size(); i++) {
            boolean last = i == buffers.size() - 1;
            Buffer b = buffers.get(i);
            rawDescriptor(
                    table + 16L * i,
                    b.address(),
                    b.length(),
                    (last ? 0 : NEXT) | (b.writable() ? WRITE : 0),
                    last ? 0 : i + 1);
        }
        int head = free.remove();
        rawDescriptor(layout.descriptorTable() + 16L * head, table, 16L * buffers.size(), INDIRECT, 0);
        return enqueue(List.of(head));
    }

    private int enqueue(List<Integer> chain) {
        int head = chain.get(0);
        chains.set(head, chain);
        offer(head);
        return head;
    }

    /** Puts any head into the available ring. */
    public void offer(int head) {
        put(layout.availRing() + 4 + 2L * (nextAvail & (layout.size() - 1)), head);
        nextAvail = (nextAvail + 1) & 0xffff;
    }

    /** Shows the device what has been added; returns whether the device wants to be kicked for it. */
    public boolean show() {
        setAvailIndex(nextAvail);
        VarHandle.fullFence();
        shownAvail = nextAvail;
        boolean kick;
        if (eventIndex) {
            int event = get(layout.usedRing() + 4 + 8L * layout.size());
            kick = ((shownAvail - event - 1) & 0xffff) < ((shownAvail - kickedAvail) & 0xffff);
        } else {
            kick = (get(layout.usedRing()) & 1) == 0;
        }
        kickedAvail = shownAvail;
        return kick;
    }

    /** The next completion, with its descriptors given back. */
    public Optional<Used> poll() {
        if ((memory.getShortAcquire(offset(layout.usedRing() + 2)) & 0xffff) == lastUsed) {
            return Optional.empty();
        }
        long at = offset(layout.usedRing() + 4 + 8L * (lastUsed & (layout.size() - 1)));
        Used used = new Used(memory.getInt(at), memory.getInt(at + 4) & 0xffffffffL);
        lastUsed = (lastUsed + 1) & 0xffff;
        free.addAll(chains.get(used.head()));
        chains.set(used.head(), List.of());
        return Optional.of(used);
    }

    /** Asks for a signal with the next completion. */
    public void armSignal() {
        setUsedEvent(lastUsed);
    }

    /** Before the driver goes to sleep: asks for a signal and returns whether there is really nothing to do. */
    public boolean armSignalAndCheckIdle() {
        armSignal();
        VarHandle.fullFence();
        return usedIndex() == lastUsed;
    }

    public int availIndex() {
        return nextAvail;
    }

    public int lastUsed() {
        return lastUsed;
    }

    public int usedIndex() {
        return get(layout.usedRing() + 2);
    }

    public void setAvailIndex(int index) {
        memory.putShortRelease(offset(layout.availRing() + 2), (short) index);
    }

    public void setAvailFlags(int flags) {
        put(layout.availRing(), flags);
    }

    public void setUsedIndex(int index) {
        put(layout.usedRing() + 2, index);
    }

    public void setUsedEvent(int index) {
        put(layout.availRing() + 4 + 2L * layout.size(), index);
    }

    private void descriptor(int index, Buffer b, int flags, int next) {
        descriptor(index, b.address(), b.length(), flags | (b.writable() ? WRITE : 0), next);
    }

    /** Writes any descriptor of the ring's table. */
    public void descriptor(int index, long address, long length, int flags, int next) {
        rawDescriptor(layout.descriptorTable() + 16L * index, address, length, flags, next);
    }

    /** Writes a descriptor anywhere. */
    public void rawDescriptor(long at, long address, long length, int flags, int next) {
        memory.putLong(offset(at), address);
        memory.putInt(offset(at) + 8, (int) length);
        memory.putShort(offset(at) + 12, (short) flags);
        memory.putShort(offset(at) + 14, (short) next);
    }

    private void put(long address, int value) {
        memory.putShort(offset(address), (short) value);
    }

    private int get(long address) {
        return memory.getShort(offset(address)) & 0xffff;
    }

    private long offset(long address) {
        return address - base;
    }
}
