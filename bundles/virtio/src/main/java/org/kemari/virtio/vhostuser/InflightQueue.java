package org.kemari.virtio.vhostuser;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.kemari.linux.NativeMemory;

/**
 * The in-flight record of one split ring. At each instant, also if the process dies at it, the memory tells exactly which
 * requests had been taken and not shown to the driver as completed.
 *
 * <p>Order of use: {@link #taken} when a request is taken; {@link #completing} for each that is about to be put into the
 * used ring; then the used ring's index is published; then {@link #completed}. Not thread-safe.
 *
 * <p>Layout: features u64, version u16, number of descriptors u16, last batch head u16, used index u16; then for each
 * descriptor: in flight u8, 5 bytes of padding, next u16, counter u64. Little-endian.
 */
public final class InflightQueue {
    private static final int HEADER_BYTES = 16;
    private static final int ENTRY_BYTES = 16;
    private static final int VERSION_AT = 8;
    private static final int NUMBER_AT = 10;
    private static final int LAST_BATCH_AT = 12;
    private static final int USED_AT = 14;
    private static final int NEXT = 6;
    private static final int COUNTER = 8;
    private static final int VERSION = 1;

    private final NativeMemory memory;
    private final long base;
    private final int size;
    private long counter;
    private int batch;

    InflightQueue(NativeMemory memory, long base, int size) {
        this.memory = memory;
        this.base = base;
        this.size = size;
    }

    static long bytes(int size) {
        return HEADER_BYTES + (long) size * ENTRY_BYTES;
    }

    void check() throws VhostUserException {
        int version = version();
        int number = memory.getShort(base + NUMBER_AT) & 0xffff;
        if (version != 0 && (version != VERSION || number != size)) {
            throw new VhostUserException("in-flight record of version " + version + " for " + number
                    + " descriptors, expected version " + VERSION + " for " + size);
        }
    }

    private int version() {
        return memory.getShort(base + VERSION_AT) & 0xffff;
    }

    private long entry(int head) {
        return base + HEADER_BYTES + (long) Objects.checkIndex(head, size) * ENTRY_BYTES;
    }

    /** Number of descriptors that can be recorded. */
    public int size() {
        return size;
    }

    /** Forgets everything: the device has been reset, or starts for the first time. */
    public void reset(int usedIndex) {
        memory.putShortRelease(base + VERSION_AT, (short) 0);
        memory.fill(base, bytes(size), (byte) 0);
        memory.putShort(base + NUMBER_AT, (short) size);
        memory.putShort(base + USED_AT, (short) usedIndex);
        memory.putShortRelease(base + VERSION_AT, (short) VERSION);
        counter = 0;
        batch = 0;
    }

    /**
     * Begins, or goes on where an earlier incarnation of the device ended.
     *
     * @param usedIndex index in the used ring, 0 to 65535: it decides whether the last batch had been shown
     * @return heads that had been taken and not completed, in the order in which they were taken
     * @throws VhostUserException if the record contradicts itself or the ring
     */
    public List<Integer> recover(int usedIndex) throws VhostUserException {
        if (version() == 0) {
            reset(usedIndex);
            return List.of();
        }
        check();
        int shown = (usedIndex - (memory.getShort(base + USED_AT) & 0xffff)) & 0xffff;
        if (shown > size) {
            throw new VhostUserException("in-flight record and used index " + usedIndex + " are " + shown + " apart");
        }
        batch = shown;
        clearBatch();
        memory.putShort(base + USED_AT, (short) usedIndex);
        List<Integer> heads = new ArrayList<>();
        for (int head = 0; head < size; head++) {
            if (memory.getByte(entry(head)) != 0) {
                heads.add(head);
            }
        }
        heads.sort(Comparator.comparingLong(this::counterOf));
        counter = heads.isEmpty() ? 0 : counterOf(heads.get(heads.size() - 1)) + 1;
        return heads;
    }

    private long counterOf(int head) {
        return memory.getLong(entry(head) + COUNTER);
    }

    /** A request has been taken. */
    public void taken(int head) {
        long at = entry(head);
        memory.putLong(at + COUNTER, counter++);
        VarHandle.releaseFence();
        memory.putByte(at, (byte) 1);
        VarHandle.releaseFence();
    }

    /** A request is going to be put into the used ring. */
    public void completing(int head) {
        memory.putShort(entry(head) + NEXT, memory.getShort(base + LAST_BATCH_AT));
        VarHandle.releaseFence();
        memory.putShort(base + LAST_BATCH_AT, (short) head);
        VarHandle.releaseFence();
        batch++;
    }

    /**
     * The used ring's index has been published: what was announced with {@link #completing} is done.
     *
     * @param usedIndex the published index
     */
    public void completed(int usedIndex) {
        VarHandle.releaseFence();
        try {
            clearBatch();
        } catch (VhostUserException e) {
            throw new IllegalStateException("the in-flight record was changed by somebody else", e);
        }
        memory.putShortRelease(base + USED_AT, (short) usedIndex);
    }

    private void clearBatch() throws VhostUserException {
        int head = memory.getShort(base + LAST_BATCH_AT) & 0xffff;
        for (; batch > 0; batch--) {
            if (head >= size) {
                throw new VhostUserException("in-flight record names descriptor " + head + " of " + size);
            }
            memory.putByte(entry(head), (byte) 0);
            head = memory.getShort(entry(head) + NEXT) & 0xffff;
        }
        VarHandle.releaseFence();
    }
}
