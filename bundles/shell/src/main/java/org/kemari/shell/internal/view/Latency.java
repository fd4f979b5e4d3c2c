package org.kemari.shell.internal.view;

import java.util.Collection;
import java.util.Comparator;
import org.kemari.api.stats.LatencySummary;
import org.kemari.api.tap.DeviceStatus;

/** Latencies as text. */
final class Latency {
    private Latency() {}

    /** All figures. */
    static String full(LatencySummary s) {
        if (s.count() == 0) {
            return "none yet";
        }
        return "median " + Quantity.micros(s.p50Micros()) + ", 95 % " + Quantity.micros(s.p95Micros()) + ", 99 % "
                + Quantity.micros(s.p99Micros()) + ", most " + Quantity.micros(s.maxMicros()) + " (of " + s.count()
                + ")";
    }

    /** Median and 99th percentile. */
    static String brief(LatencySummary s) {
        return s.count() == 0 ? "-" : Quantity.micros(s.p50Micros()) + " / " + Quantity.micros(s.p99Micros());
    }

    /** Of the device that holds its outputs longest. */
    static LatencySummary longestHold(Collection<DeviceStatus> devices) {
        return devices.stream()
                .map(DeviceStatus::hold)
                .max(Comparator.comparingLong(LatencySummary::p99Micros))
                .orElse(LatencySummary.EMPTY);
    }
}
