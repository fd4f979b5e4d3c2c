package org.kemari.ringrestoration.internal;

import org.HdrHistogram.Histogram;
import org.kemari.api.restoration.RestorationStatus;
import org.kemari.api.stats.LatencySummary;

/** What has been done for one image. Written by one thread, read by any. */
final class Figures {
    private static final long LONGEST_MICROS = 600_000_000L;

    private final Histogram execute = new Histogram(LONGEST_MICROS, 2);
    private long snapshots;
    private int pendingLast;
    private long writes;
    private long flushes;
    private long bytes;
    private long restored;

    synchronized void snapshot(int pending, long nanos) {
        snapshots++;
        pendingLast = pending;
        execute.recordValue(Math.max(0, Math.min(nanos / 1000, LONGEST_MICROS)));
    }

    synchronized void wrote(long written) {
        writes++;
        bytes += written;
    }

    synchronized void flushed() {
        flushes++;
    }

    synchronized void restored(int requests) {
        restored += requests;
    }

    synchronized RestorationStatus status() {
        return new RestorationStatus(snapshots, pendingLast, writes, flushes, bytes, restored, summary());
    }

    private LatencySummary summary() {
        if (execute.getTotalCount() == 0) {
            return LatencySummary.EMPTY;
        }
        return new LatencySummary(
                execute.getTotalCount(),
                execute.getValueAtPercentile(50),
                execute.getValueAtPercentile(95),
                execute.getValueAtPercentile(99),
                execute.getMaxValue());
    }
}
