package org.kemari.protection.internal;

/**
 * Decides when the next checkpoint of a protected domain is due. One checkpoint is under way at a time, so outputs that
 * come meanwhile share the next one: group commit. Times are {@link System#nanoTime} values.
 */
final class CheckpointPacer {
    private long maxAgeNanos;
    private long minGapNanos;
    private long sent;
    private long committed;
    private long startedNanos;
    private boolean outputHeld;
    private boolean hurried;

    CheckpointPacer(long maxAgeNanos, long minGapNanos) {
        this.maxAgeNanos = maxAgeNanos;
        this.minGapNanos = minGapNanos;
    }

    /** In force for the checkpoint that is due next. */
    void change(long newMaxAgeNanos, long newMinGapNanos) {
        maxAgeNanos = newMaxAgeNanos;
        minGapNanos = newMinGapNanos;
    }

    /** Number of the last checkpoint begun in this session. */
    long sent() {
        return sent;
    }

    long committed() {
        return committed;
    }

    void outputHeld() {
        outputHeld = true;
    }

    /** The next checkpoint is wanted as soon as possible. */
    void hurry() {
        outputHeld = true;
        hurried = true;
    }

    /** Begins the next checkpoint. */
    long begin(long nowNanos) {
        outputHeld = false;
        hurried = false;
        startedNanos = nowNanos;
        return ++sent;
    }

    /** Whether the acknowledgement is the one that is waited for. */
    boolean commit(long epoch) {
        if (epoch != sent || epoch == committed) {
            return false;
        }
        committed = epoch;
        return true;
    }

    /** When the next checkpoint is due; {@link Long#MAX_VALUE} while one is under way. */
    long dueNanos() {
        if (sent != committed) {
            return Long.MAX_VALUE;
        }
        return startedNanos + (hurried ? 0 : outputHeld ? minGapNanos : Math.max(maxAgeNanos, minGapNanos));
    }

    boolean isDue(long nowNanos) {
        long due = dueNanos();
        return due != Long.MAX_VALUE && nowNanos - due >= 0;
    }
}
