package org.kemari.itests.bench;

import org.kemari.api.management.TakeoverView;

/**
 * One takeover.
 *
 * @param killedMillis when the first SIGKILL was sent, milliseconds since 1970
 * @param report what the surviving host says
 * @param silenceMillis longest time in which the guest answered no ping
 */
record Takeover(double killedMillis, TakeoverView report, double silenceMillis) {
    double detectedMillis() {
        return report.getDetectedEpochMillis() - killedMillis;
    }

    // from the detection

    double decidedMillis() {
        return report.getDecidedMicros() / 1000.0;
    }

    double restoredMillis() {
        return report.getRestoredMicros() / 1000.0;
    }

    double loadedMillis() {
        return report.getLoadedMicros() / 1000.0;
    }

    double resumedMillis() {
        return report.getResumedMicros() / 1000.0;
    }

    /** From the kill to the guest running again. */
    double runningMillis() {
        return detectedMillis() + resumedMillis();
    }
}
