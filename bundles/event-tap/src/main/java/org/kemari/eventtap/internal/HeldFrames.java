package org.kemari.eventtap.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.kemari.linux.IoVectors;
import org.kemari.linux.NativeMemory;
import org.kemari.virtio.ring.Segments;

/**
 * Copies of frames that wait for their release, first in, first out, in one bounded piece of memory that is used round and
 * round. Guarded by the device's lock.
 */
final class HeldFrames implements AutoCloseable {
    private static final int INITIAL = 256;

    private final String domain;
    private final long capacity;
    private Optional<NativeMemory> memory = Optional.empty();
    private long[] offsets = new long[INITIAL];
    private int[] lengths = new int[INITIAL];
    private long[] sequences = new long[INITIAL];
    private long[] nanos = new long[INITIAL];
    private int first;
    private int count;
    private long write;

    /**
     * @param domain whose frames
     * @param capacity in bytes; memory is taken when it is needed
     */
    HeldFrames(String domain, long capacity) {
        this.domain = domain;
        this.capacity = capacity;
    }

    boolean isEmpty() {
        return count == 0;
    }

    int count() {
        return count;
    }

    /** How many frames come after this sequence number. */
    int countAfter(long sequence) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sequences[slot(middle)] <= sequence) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return count - low;
    }

    private int slot(int position) {
        return (first + position) & (offsets.length - 1);
    }

    /**
     * Copies a frame.
     *
     * @param header what goes before the frame
     * @return {@code false} if there is no room
     */
    boolean add(Segments header, int padding, Segments body, long sequence, long nowNanos) throws IOException {
        int length = (int) (header.bytes() + padding + body.bytes());
        long at = place(length);
        if (at < 0) {
            return false;
        }
        NativeMemory target = memory();
        long position = copy(header, target, at);
        target.fill(position, padding, (byte) 0);
        copy(body, target, position + padding);
        note(at, length, sequence, nowNanos);
        return true;
    }

    /** The same of a frame that is in one piece, its header included. */
    boolean add(ByteBuffer frame, long sequence, long nowNanos) throws IOException {
        int length = frame.remaining();
        long at = place(length);
        if (at < 0) {
            return false;
        }
        memory().copyFrom(at, frame.duplicate());
        note(at, length, sequence, nowNanos);
        return true;
    }

    private NativeMemory memory() throws IOException {
        if (memory.isEmpty()) {
            memory = Optional.of(NativeMemory.allocate(capacity).countFor(domain, "frames that are held"));
        }
        return memory.get();
    }

    private void note(long at, int length, long sequence, long nowNanos) {
        if (count == offsets.length) {
            grow();
        }
        int slot = slot(count++);
        offsets[slot] = at;
        lengths[slot] = length;
        sequences[slot] = sequence;
        nanos[slot] = nowNanos;
        write = at + length;
    }

    /**
     * Copies, of the frames between two sequence numbers, the last ones for which there is room, each with its length before it
     * (32 bits, in the target's order).
     *
     * @param after of frames that come before
     * @param upTo of the last one
     * @return how many
     */
    int copyLast(long after, long upTo, ByteBuffer target) {
        int end = count - countAfter(upTo);
        int begin = count - countAfter(after);
        long room = target.remaining();
        int from = end;
        while (from > begin && Integer.BYTES + lengths[slot(from - 1)] <= room) {
            from--;
            room -= Integer.BYTES + lengths[slot(from)];
        }
        int limit = target.limit();
        for (int i = from; i < end; i++) {
            int slot = slot(i);
            target.putInt(lengths[slot]);
            memory.orElseThrow().copyTo(offsets[slot], target.limit(target.position() + lengths[slot]));
            target.limit(limit);
        }
        return end - from;
    }

    private static long copy(Segments from, NativeMemory to, long offset) {
        long at = offset;
        for (int i = 0; i < from.count(); i++) {
            NativeMemory.copy(from.memory(i), from.offset(i), to, at, from.length(i));
            at += from.length(i);
        }
        return at;
    }

    /** Where there is room for so many bytes in one piece; -1 if nowhere. */
    private long place(int length) {
        if (count == 0) {
            return length <= capacity ? 0 : -1;
        }
        long read = offsets[first];
        if (write > read) {
            if (length <= capacity - write) {
                return write;
            }
            return length < read ? 0 : -1;
        }
        return length < read - write ? write : -1;
    }

    private void grow() {
        int old = offsets.length;
        long[] newOffsets = new long[old * 2];
        int[] newLengths = new int[old * 2];
        long[] newSequences = new long[old * 2];
        long[] newNanos = Arrays.copyOf(nanos, old * 2);
        for (int i = 0; i < count; i++) {
            int slot = slot(i);
            newOffsets[i] = offsets[slot];
            newLengths[i] = lengths[slot];
            newSequences[i] = sequences[slot];
            newNanos[i] = nanos[slot];
        }
        offsets = newOffsets;
        lengths = newLengths;
        sequences = newSequences;
        nanos = newNanos;
        first = 0;
    }

    /** Sequence number of the oldest frame; there must be one. */
    long firstSequence() {
        return sequences[first];
    }

    /** When the oldest frame was taken; there must be one. */
    long firstNanos() {
        return nanos[first];
    }

    /** The oldest frame; there must be one. */
    void first(IoVectors vectors) {
        vectors.clear();
        vectors.add(memory.orElseThrow(), offsets[first], lengths[first]);
    }

    /** Forgets the oldest frame. */
    void removeFirst() {
        first = slot(1);
        count--;
    }

    @Override
    public void close() {
        count = 0;
        memory.ifPresent(NativeMemory::close);
        memory = Optional.empty();
    }
}
