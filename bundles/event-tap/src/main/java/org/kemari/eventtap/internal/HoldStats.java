package org.kemari.eventtap.internal;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.kemari.api.stats.LatencySummary;

/** How long outputs were held in the last one to two minutes. Recording allocates nothing; guarded by itself. */
final class HoldStats {
    /** A histogram is begun at least this often; the one before still counts. */
    static final long TURN_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final long LONGEST_MICROS = 3_600_000_000L;
    private static final int DIGITS = 2;

    private final LongSupplier nanoTime;
    private Histogram now = new Histogram(LONGEST_MICROS, DIGITS);
    private Histogram before = new Histogram(LONGEST_MICROS, DIGITS);
    private long turnedNanos;
    private long count;

    HoldStats() {
        this(System::nanoTime);
    }

    HoldStats(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.turnedNanos = nanoTime.getAsLong();
    }

    synchronized void record(long nanos) {
        turn();
        now.recordValue(Math.min(Math.max(nanos / 1000, 0), LONGEST_MICROS));
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

    synchronized LatencySummary summary() {
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
