package org.kemari.api.management;

import java.beans.ConstructorProperties;

/** Percentiles of something that is counted, as a composite that any console can show; the attribute names the unit. */
public final class DistributionView {
    private final long count;
    private final long p50;
    private final long p95;
    private final long p99;
    private final long max;

    @ConstructorProperties({"count", "p50", "p95", "p99", "max"})
    public DistributionView(long count, long p50, long p95, long p99, long max) {
        this.count = count;
        this.p50 = p50;
        this.p95 = p95;
        this.p99 = p99;
        this.max = max;
    }

    public long getCount() {
        return count;
    }

    public long getP50() {
        return p50;
    }

    public long getP95() {
        return p95;
    }

    public long getP99() {
        return p99;
    }

    public long getMax() {
        return max;
    }
}
