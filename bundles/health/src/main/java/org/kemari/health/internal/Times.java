package org.kemari.health.internal;

import java.time.Duration;

/**
 * The times of the settings.
 *
 * @param period between two heartbeats
 * @param timeout silence after which a peer is lost in any case
 */
record Times(Duration period, Duration timeout) {
    /** Nobody is suspected before so many periods of silence: one beat may be late, and the next one a little. */
    static final int PATIENT_PERIODS = 3;

    long periodNanos() {
        return period.toNanos();
    }

    long timeoutNanos() {
        return timeout.toNanos();
    }
}
