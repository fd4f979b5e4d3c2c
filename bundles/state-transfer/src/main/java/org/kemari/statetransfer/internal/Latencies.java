package org.kemari.statetransfer.internal;

import org.HdrHistogram.Histogram;
import org.kemari.api.stats.LatencySummary;

/** A distribution that is recorded into without allocating. Safe for use by many threads. */
public final class Latencies {
    private static final long HIGHEST = 3_600_000_000L;
    private final Histogram histogram = new Histogram(HIGHEST, 3);

    public synchronized void recordNanos(long nanos) {
        record(nanos / 1000);
    }

    /** Records a plain number, for distributions that are not of times. */
    public synchronized void record(long value) {
        histogram.recordValue(Math.max(0, Math.min(value, HIGHEST)));
    }

    public synchronized LatencySummary summary() {
        if (histogram.getTotalCount() == 0) {
            return LatencySummary.EMPTY;
        }
        return new LatencySummary(
                histogram.getTotalCount(),
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(95),
                histogram.getValueAtPercentile(99),
                histogram.getMaxValue());
    }
}
