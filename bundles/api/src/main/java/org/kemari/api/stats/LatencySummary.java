package org.kemari.api.stats;

/**
 * Percentiles of a latency: of the last one to two minutes where there are many samples (checkpoints, held outputs),
 * otherwise since the component that measures it was started.
 *
 * @param count number of samples since then, 0 or more; the other figures are 0 when there was none of late
 * @param p50Micros median, microseconds
 * @param p95Micros 95th percentile, microseconds
 * @param p99Micros 99th percentile, microseconds
 * @param maxMicros largest sample, microseconds
 */
public record LatencySummary(long count, long p50Micros, long p95Micros, long p99Micros, long maxMicros) {
    /** No samples yet. */
    public static final LatencySummary EMPTY = new LatencySummary(0, 0, 0, 0, 0);
}
