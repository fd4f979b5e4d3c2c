package org.kemari.linux;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLongArray;
import org.kemari.linux.internal.RegionSlots;

/**
 * The regions of a disk in which its copy may be ahead of the last commit, as the disk's {@link ChangeLog} names them
 * durably. A region is larger than what a mark stands for, at least 1 MiB, so that it seldom happens that one has to be made
 * active, which takes a durable update of the log; one update makes any number of them active.
 *
 * <p><b>What runs ahead in a region does so only while the region is active.</b> It stays so as long as anything is marked in
 * it, and then as long as there are few others: what is written again soon finds it active. Hence after a loss of power all
 * that was executed here and not committed is in active regions; all that was committed, here or lost here, is marked on the
 * other host until both copies have it durably.
 *
 * <p>Threads: {@link #renew} one; everything else any. A write is marked first and then asked for.
 */
public final class ActiveRegions {
    /** So many stay active though nothing is marked in them; of large ones fewer. */
    private static final int MOST_IDLE = 256;

    private static final int LEAST_IDLE = 16;
    private static final long IDLE_BYTES = 1 << 30;
    /** Where writes go on from one region to the next, so many are made active with it. */
    private static final int AHEAD = 3;

    private final ChangeLog log;
    private final long regionBytes;
    private final int count;
    private final int idle;
    /** Durably. */
    private final AtomicLongArray active;

    private final AtomicLongArray wanted;
    private volatile boolean wanting;
    private volatile int activeCount;
    private long generation;
    private long[] next;
    private int hand;

    /** @param generation the last one, in which nothing is active */
    ActiveRegions(ChangeLog log, long generation) {
        this(log, generation, idle(RegionSlots.regionBytes(log.diskBytes())));
    }

    private static int idle(long regionBytes) {
        return (int) Math.max(LEAST_IDLE, Math.min(MOST_IDLE, IDLE_BYTES / regionBytes));
    }

    ActiveRegions(ChangeLog log, long generation, int idle) {
        this.log = log;
        this.generation = generation;
        this.idle = idle;
        this.regionBytes = RegionSlots.regionBytes(log.diskBytes());
        this.count = (int) ((log.diskBytes() + regionBytes - 1) / regionBytes);
        this.active = new AtomicLongArray((count + 63) / 64);
        this.wanted = new AtomicLongArray(active.length());
        this.next = new long[active.length()];
    }

    /** Whether something may run ahead there. It has been marked. */
    public boolean cover(long offset, long length) {
        if (length > 0) {
            int last = region(offset + length - 1);
            for (int i = region(offset); i <= last; i++) {
                if (!isSet(active, i)) {
                    return false;
                }
            }
        }
        return true;
    }

    private int region(long offset) {
        return (int) (offset / regionBytes);
    }

    /** Asks for the regions there with the next {@link #renew}. */
    public void want(long offset, long length) {
        if (length > 0) {
            int first = region(offset);
            int last = region(offset + length - 1);
            if (first > 0 && isSet(active, first - 1)) {
                last = Math.min(count - 1, last + AHEAD);
            }
            for (int i = first; i <= last; i++) {
                set(wanted, i);
            }
            wanting = true;
        }
    }

    /** Whether {@link #renew} has something to do for somebody who waits. */
    public boolean areWanted() {
        return wanting;
    }

    /** Whether {@link #renew} should look whether there are some that nothing is marked in any more. */
    public boolean areMany() {
        return activeCount > idle;
    }

    /**
     * Makes those active that are wanted, durably, and gives up some where nothing is marked if there are many. Blocks.
     *
     * @throws IOException if the log cannot be written; those that are active stay so, but nothing more is to be expected
     */
    public void renew() throws IOException {
        if (stage()) {
            log.sync();
            staged();
        }
    }

    /** Writes the next generation, not yet durably. Returns whether it differs from what there is. */
    boolean stage() throws IOException {
        wanting = false;
        int many = 0;
        boolean changed = false;
        for (int i = 0; i < next.length; i++) {
            long now = active.get(i);
            next[i] = now | wanted.getAndSet(i, 0);
            changed |= next[i] != now;
            many += Long.bitCount(next[i]);
        }
        int kept = giveUp(many);
        if (!changed && kept == many) {
            return false;
        }
        activeCount = kept;
        generation++;
        log.putRegions(generation, next);
        return true;
    }

    /** What was staged is durable. */
    void staged() {
        for (int i = 0; i < next.length; i++) {
            active.set(i, next[i]);
        }
    }

    /** Whoever marks, looks at what is active afterwards; here it is the other way round, so one of the two notices. */
    private int giveUp(int many) {
        int left = many;
        for (int looked = 0; left > idle && looked < count; looked++) {
            hand = (hand + 1) % count;
            long bit = 1L << hand % 64;
            if ((next[hand / 64] & bit) != 0 && isSet(active, hand) && !isMarked(hand)) {
                active.getAndUpdate(hand / 64, word -> word & ~bit);
                VarHandle.fullFence();
                if (isMarked(hand)) {
                    set(active, hand);
                } else {
                    next[hand / 64] &= ~bit;
                    left--;
                }
            }
        }
        return left;
    }

    private boolean isMarked(int region) {
        long begin = region * regionBytes;
        return log.isMarked(begin, Math.min(regionBytes, log.diskBytes() - begin));
    }

    private static boolean isSet(AtomicLongArray bits, int index) {
        return (bits.get(index / 64) & 1L << index % 64) != 0;
    }

    private static void set(AtomicLongArray bits, int index) {
        bits.getAndUpdate(index / 64, word -> word | 1L << index % 64);
    }
}
