package org.kemari.health.internal.checks;

import java.time.Duration;
import java.util.Objects;

/**
 * For how long a value has been the same.
 *
 * @param <V> its type
 */
final class Unchanged<V> {
    private V value;
    private long sinceNanos;

    /** The value is this now. */
    Duration is(V now, long nanos) {
        if (!Objects.equals(value, now)) {
            value = now;
            sinceNanos = nanos;
        }
        return Duration.ofNanos(nanos - sinceNanos);
    }

    static boolean reached(Duration time, Duration limit) {
        return time.compareTo(limit) >= 0;
    }
}
