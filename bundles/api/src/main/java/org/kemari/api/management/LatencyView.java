package org.kemari.api.management;

import java.beans.ConstructorProperties;
import org.kemari.api.stats.LatencySummary;

/** A {@link LatencySummary} as a composite that any console can show. */
public final class LatencyView {
    private final long count;
    private final long p50Micros;
    private final long p95Micros;
    private final long p99Micros;
    private final long maxMicros;

    @ConstructorProperties({"count", "p50Micros", "p95Micros", "p99Micros", "maxMicros"})
    public LatencyView(long count, long p50Micros, long p95Micros, long p99Micros, long maxMicros) {
        this.count = count;
        this.p50Micros = p50Micros;
        this.p95Micros = p95Micros;
        this.p99Micros = p99Micros;
        this.maxMicros = maxMicros;
    }

    public static LatencyView of(LatencySummary s) {
        return new LatencyView(s.count(), s.p50Micros(), s.p95Micros(), s.p99Micros(), s.maxMicros());
    }

    public long getCount() {
        return count;
    }

    public long getP50Micros() {
        return p50Micros;
    }

    public long getP95Micros() {
        return p95Micros;
    }

    public long getP99Micros() {
        return p99Micros;
    }

    public long getMaxMicros() {
        return maxMicros;
    }
}
