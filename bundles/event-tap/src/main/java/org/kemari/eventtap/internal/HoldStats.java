package org.kemari.eventtap.internal;

import org.HdrHistogram.Histogram;
import org.kemari.api.stats.LatencySummary;

/** How long outputs were held. Allocates only once; guarded by itself. */
final class HoldStats {
    private static final long LONGEST_MICROS = 3_600_000_000L;

    private final Histogram micros = new Histogram(LONGEST_MICROS, 3);

    synchronized void record(long nanos) {
        micros.recordValue(Math.min(Math.max(nanos / 1000, 0), LONGEST_MICROS));
    }

    synchronized LatencySummary summary() {
        if (micros.getTotalCount() == 0) {
            return LatencySummary.EMPTY;
        }
        return new LatencySummary(
                micros.getTotalCount(),
                micros.getValueAtPercentile(50),
                micros.getValueAtPercentile(95),
                micros.getValueAtPercentile(99),
                micros.getMaxValue());
    }
}
