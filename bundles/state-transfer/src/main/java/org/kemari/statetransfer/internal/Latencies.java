package org.kemari.statetransfer.internal;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.kemari.api.stats.LatencySummary;

/** A distribution over the last one to two minutes, recorded into without allocating. Safe for use by many threads. */
public final class Latencies {
    /** A histogram is begun at least this often; the one before still counts. */
    static final long TURN_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final long HIGHEST = 3_600_000_000L;
    private static final int DIGITS = 2;

    private final LongSupplier nanoTime;
    private Histogram now = new Histogram(HIGHEST, DIGITS);
    private Histogram before = new Histogram(HIGHEST, DIGITS);
    private long turnedNanos;
    private long count;

    public Latencies() {
        this(System::nanoTime);
    }

    Latencies(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.turnedNanos = nanoTime.getAsLong();
    }

    public synchronized void recordNanos(long nanos) {
        record(nanos / 1000);
    }

    /** Records a plain number, for distributions that are not of times. */
    public synchronized void record(long value) {
        turn();
        now.recordValue(Math.max(0, Math.min(value, HIGHEST)));
        count++;
    }

    private void turn() {
        long elapsed = nanoTime.getAsLong() - turnedNanos;
        if (elapsed < TURN_NANOS) {
            return;
        }
        Histogram oldest = before;
        before = now;
        now = oldest;
        now.reset();
        if (elapsed >= 2 * TURN_NANOS) {
            before.reset();
        }
        turnedNanos += elapsed;
    }

    public synchronized LatencySummary summary() {
        turn();
        if (now.getTotalCount() + before.getTotalCount() == 0) {
            return new LatencySummary(count, 0, 0, 0, 0);
        }
        Histogram both = now.copy();
        both.add(before);
        return new LatencySummary(
                count,
                both.getValueAtPercentile(50),
                both.getValueAtPercentile(95),
                both.getValueAtPercentile(99),
                both.getMaxValue());
    }
}
