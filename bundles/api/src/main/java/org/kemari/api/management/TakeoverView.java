package org.kemari.api.management;

import java.beans.ConstructorProperties;
import org.kemari.api.protection.TakeoverReport;

/** A {@link TakeoverReport} as a composite; times are microseconds after {@code detectedEpochMillis}. */
public final class TakeoverView {
    private final TakeoverReport report;

    @ConstructorProperties({
        "domain",
        "reason",
        "generation",
        "epoch",
        "detectedEpochMillis",
        "decidedMicros",
        "fencedMicros",
        "sealedMicros",
        "restoredMicros",
        "loadedMicros",
        "resumedMicros",
        "announcedMicros",
        "pendingRequests"
    })
    public TakeoverView(
            String domain,
            String reason,
            long generation,
            long epoch,
            long detectedEpochMillis,
            long decidedMicros,
            long fencedMicros,
            long sealedMicros,
            long restoredMicros,
            long loadedMicros,
            long resumedMicros,
            long announcedMicros,
            int pendingRequests) {
        this(new TakeoverReport(
                domain,
                reason,
                generation,
                epoch,
                detectedEpochMillis,
                decidedMicros,
                fencedMicros,
                sealedMicros,
                restoredMicros,
                loadedMicros,
                resumedMicros,
                announcedMicros,
                pendingRequests));
    }

    public TakeoverView(TakeoverReport report) {
        this.report = report;
    }

    public String getDomain() {
        return report.domain();
    }

    public String getReason() {
        return report.reason();
    }

    public long getGeneration() {
        return report.generation();
    }

    public long getEpoch() {
        return report.epoch();
    }

    public long getDetectedEpochMillis() {
        return report.detectedEpochMillis();
    }

    public long getDecidedMicros() {
        return report.decidedMicros();
    }

    public long getFencedMicros() {
        return report.fencedMicros();
    }

    public long getSealedMicros() {
        return report.sealedMicros();
    }

    public long getRestoredMicros() {
        return report.restoredMicros();
    }

    public long getLoadedMicros() {
        return report.loadedMicros();
    }

    public long getResumedMicros() {
        return report.resumedMicros();
    }

    public long getAnnouncedMicros() {
        return report.announcedMicros();
    }

    public int getPendingRequests() {
        return report.pendingRequests();
    }
}
