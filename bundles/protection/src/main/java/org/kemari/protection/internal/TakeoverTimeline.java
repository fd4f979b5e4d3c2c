package org.kemari.protection.internal;

import org.kemari.api.protection.TakeoverReport;
import org.kemari.api.transfer.CommittedCheckpoint;

/** Stops the time of the steps of one takeover. Used by one thread. */
final class TakeoverTimeline {
    private final long detectedNanos;
    private final long detectedEpochMillis;
    private long decided;
    private long fenced;
    private long sealed;
    private long restored;
    private long loaded;
    private long resumed;

    /** @param detectedNanos {@link System#nanoTime} when the loss was noticed */
    TakeoverTimeline(long detectedNanos) {
        this.detectedNanos = detectedNanos;
        this.detectedEpochMillis = System.currentTimeMillis() - (System.nanoTime() - detectedNanos) / 1_000_000;
    }

    private long micros() {
        return (System.nanoTime() - detectedNanos) / 1_000;
    }

    /** @param nanos {@link System#nanoTime} when the arbiter had said yes */
    void decided(long nanos) {
        decided = (nanos - detectedNanos) / 1_000;
        fenced = decided;
    }

    /** The old primary had to be fenced, and has been just now. */
    void fenced() {
        fenced = micros();
    }

    void sealed() {
        sealed = micros();
    }

    void restored() {
        restored = micros();
    }

    void loaded() {
        loaded = micros();
    }

    void resumed() {
        resumed = micros();
    }

    /** To be called when the network has been told. */
    TakeoverReport report(String domain, String reason, long generation, CommittedCheckpoint image) {
        int pending = image.rings().devices().stream()
                .flatMap(d -> d.rings().stream())
                .mapToInt(r -> r.inFlight().size())
                .sum();
        return new TakeoverReport(
                domain,
                reason,
                generation,
                image.epoch(),
                detectedEpochMillis,
                decided,
                fenced,
                sealed,
                restored,
                loaded,
                resumed,
                micros(),
                pending);
    }
}
