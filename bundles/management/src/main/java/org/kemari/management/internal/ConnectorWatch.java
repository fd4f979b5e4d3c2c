package org.kemari.management.internal;

import java.util.concurrent.TimeUnit;

/** Decides when a JMX connector that does not serve is to be begun anew. Used by one thread. */
final class ConnectorWatch {
    /** Longer than a connector takes to begin; the first attempt comes after this. */
    static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** It may be an operator's mistake: then there is no hurry. */
    static final long LAST_NANOS = TimeUnit.MINUTES.toNanos(5);

    private boolean wasServing = true;
    private long sinceNanos;
    private long patienceNanos = FIRST_NANOS;

    /**
     * Whether to begin it anew now.
     *
     * @param serving whether it serves
     * @param nanos the time
     */
    boolean isDue(boolean serving, long nanos) {
        if (serving) {
            wasServing = true;
            patienceNanos = FIRST_NANOS;
            return false;
        }
        if (wasServing) {
            wasServing = false;
            sinceNanos = nanos;
        }
        return nanos - sinceNanos >= patienceNanos;
    }

    /** It has been begun anew, which may have taken a while. */
    void begun(long nanos) {
        sinceNanos = nanos;
        patienceNanos = Math.min(2 * patienceNanos, LAST_NANOS);
    }
}
