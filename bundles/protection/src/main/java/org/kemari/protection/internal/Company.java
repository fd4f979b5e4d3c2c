package org.kemari.protection.internal;

/**
 * How long the first outputs of an epoch wait for more to share their checkpoint. A guest with few outputs, or whose
 * clients all wait for an answer, gains nothing by that: after {@link #QUIET_NANOS} without a further output the waiting
 * is over. A guest that goes on to let something out gets fewer and larger epochs, as far as the time that its outputs
 * may be held allows and checkpoints are worth saving: their costs are measured. Times are {@link System#nanoTime} values.
 */
final class Company {
    /** A guest that has let nothing out for so long waits for what is held. */
    static final long QUIET_NANOS = 500_000;

    /** Epochs are at most so many times as long as it takes to make a checkpoint: more saves little. */
    static final int MOST_COSTS = 4;

    /** A new measurement counts one part in this many. */
    private static final int WEIGHT = 4;

    private long targetNanos;
    private long costNanos;
    private long commitNanos;
    private int heldBefore;
    private long lastNanos;

    /** @param nanos how long outputs may be held; 0, as in the beginning: none waits for another */
    void target(long nanos) {
        targetNanos = nanos;
    }

    boolean isWanted() {
        return targetNanos > 0;
    }

    /** The first output of an epoch is held. */
    void expect(long nowNanos) {
        lastNanos = nowNanos;
    }

    /** So many are held, perhaps more than before. */
    void held(int outputs, long nowNanos) {
        if (outputs > heldBefore) {
            lastNanos = nowNanos;
        }
        heldBefore = outputs;
    }

    /** How long it took to take a checkpoint and to send it. */
    void sent(long nanos) {
        costNanos = smooth(costNanos, nanos);
    }

    /** How long it took from the beginning of a checkpoint to its commit. */
    void committed(long nanos) {
        commitNanos = smooth(commitNanos, nanos);
    }

    private static long smooth(long before, long now) {
        return before == 0 ? now : before + (now - before) / WEIGHT;
    }

    /**
     * Until when the outputs held wait.
     *
     * @param begunNanos when the last checkpoint was begun
     * @param earliestNanos not before
     */
    long awaitedUntil(long begunNanos, long earliestNanos) {
        if (targetNanos == 0) {
            return earliestNanos;
        }
        long longest = begunNanos + Math.max(0, Math.min(targetNanos - commitNanos, MOST_COSTS * costNanos));
        long quiet = lastNanos + QUIET_NANOS;
        long until = quiet - longest < 0 ? quiet : longest;
        return until - earliestNanos > 0 ? until : earliestNanos;
    }
}
