package org.kemari.eventtap.internal;

import java.util.Map;
import java.util.TreeMap;

/**
 * Which sequence numbers of one device belong to which epoch. Numbers grow, epochs grow, so one boundary per epoch that
 * has not been released says it all. Guarded by the device's lock.
 */
final class EpochLedger {
    private final TreeMap<Long, Long> boundaries = new TreeMap<>();
    private long closed;
    private long released;

    /**
     * The epoch ends with this sequence number: it and all before belong to the epoch or to earlier ones. If an epoch of
     * this number or a later one is known already, it was of an attempt at protection that has ended; what it contained
     * is in this one, too.
     */
    void close(long epoch, long lastSequence) {
        boundaries.tailMap(epoch, true).clear();
        boundaries.put(epoch, lastSequence);
        closed = Math.max(closed, lastSequence);
    }

    /** Lets out the epoch and earlier ones; returns the largest sequence number that is free now. */
    long release(long epoch) {
        Map.Entry<Long, Long> last = boundaries.floorEntry(epoch);
        if (last != null) {
            released = Math.max(released, last.getValue());
            boundaries.headMap(epoch, true).clear();
        }
        return released;
    }

    /** Everything up to this number is free, whatever its epoch. */
    void releaseAll(long lastSequence) {
        boundaries.clear();
        closed = Math.max(closed, lastSequence);
        released = Math.max(released, lastSequence);
    }

    /** Whether this number is in a checkpoint that came about. */
    boolean isClosed(long sequence) {
        return sequence <= closed;
    }

    long closedUpTo() {
        return closed;
    }
}
