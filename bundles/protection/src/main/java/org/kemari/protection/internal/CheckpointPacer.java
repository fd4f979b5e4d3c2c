package org.kemari.protection.internal;

import org.kemari.api.domain.ProtectionSettings;

/**
 * Decides when the next checkpoint of a protected domain is due. Only one is taken at a time, and only so many may be in
 * flight, that is begun and not committed; outputs that come meanwhile share the next one: group commit. Times are
 * {@link System#nanoTime} values.
 */
final class CheckpointPacer {
    private final Company company = new Company();
    private long maxAgeNanos;
    private long minGapNanos;
    private int mostInFlight;
    private long begun;
    private long sent;
    private long committed;
    private long begunNanos;
    private boolean outputHeld;
    private boolean last;

    CheckpointPacer(ProtectionSettings settings) {
        change(settings);
    }

    /** In force for the checkpoint that is due next. */
    void change(ProtectionSettings settings) {
        maxAgeNanos = settings.maxEpochAge().toNanos();
        minGapNanos = settings.minEpochGap().toNanos();
        mostInFlight = settings.epochsInFlight();
        company.target(settings.targetLatency().toNanos());
    }

    long committed() {
        return committed;
    }

    /** Whether nothing is in flight. */
    boolean isAllCommitted() {
        return begun == committed;
    }

    void outputHeld(long nowNanos) {
        if (!outputHeld) {
            company.expect(nowNanos);
        }
        outputHeld = true;
    }

    /** Whether the number of outputs held makes a difference. */
    boolean countsHeld() {
        return company.isWanted();
    }

    void held(int outputs, long nowNanos) {
        company.held(outputs, nowNanos);
    }

    /** What is in flight is the last of this session; if nothing is, one more checkpoint is wanted at once. */
    void last() {
        last = true;
    }

    /** Begins the next checkpoint. */
    long begin(long nowNanos) {
        outputHeld = false;
        begunNanos = nowNanos;
        return ++begun;
    }

    /** A checkpoint has been sent to its end: the next one can be taken. */
    void sent(long epoch, long nowNanos) {
        if (epoch == begun && epoch > sent) {
            sent = epoch;
            company.sent(nowNanos - begunNanos);
        }
    }

    /** Whether the acknowledgement is the one that is waited for: they come in order. */
    boolean commit(long epoch, long nowNanos) {
        if (epoch != committed + 1 || epoch > begun) {
            return false;
        }
        committed = epoch;
        if (epoch == begun) {
            company.committed(nowNanos - begunNanos);
        }
        sent(epoch, nowNanos);
        return true;
    }

    /** When the next checkpoint is due; {@link Long#MAX_VALUE} while there cannot be one. */
    long dueNanos() {
        boolean taking = begun != sent;
        if (taking || begun - committed >= (last ? 1 : mostInFlight)) {
            return Long.MAX_VALUE;
        }
        if (last) {
            return begunNanos;
        }
        long latest = begunNanos + Math.max(maxAgeNanos, minGapNanos);
        long awaited = company.awaitedUntil(begunNanos, begunNanos + minGapNanos);
        return outputHeld && awaited - latest < 0 ? awaited : latest;
    }

    boolean isDue(long nowNanos) {
        long due = dueNanos();
        return due != Long.MAX_VALUE && nowNanos - due >= 0;
    }
}
