package org.kemari.eventtap.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.kemari.api.stats.LatencySummary;

/** Percentiles of late, not of all times. */
class HoldStatsTest {
    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5); // which wraps around
    private final HoldStats stats = new HoldStats(clock::get);

    @Test
    void whatIsOlderThanTwoMinutesCountsOnlyAsANumber() {
        stats.record(9_000_000);
        assertThat(stats.summary()).isEqualTo(new LatencySummary(1, 9023, 9023, 9023, 9023));
        clock.addAndGet(HoldStats.TURN_NANOS);
        stats.record(1_000_000);
        assertThat(stats.summary().maxMicros()).as("a minute later").isEqualTo(9023);
        clock.addAndGet(HoldStats.TURN_NANOS);
        assertThat(stats.summary()).as("two minutes later").isEqualTo(new LatencySummary(2, 1003, 1003, 1003, 1003));
        clock.addAndGet(HoldStats.TURN_NANOS);
        assertThat(stats.summary()).as("three minutes later").isEqualTo(new LatencySummary(2, 0, 0, 0, 0));
    }

    @Test
    void nothingIsLeftOfABusyTimeAfterALongRest() {
        stats.record(9_000_000);
        clock.addAndGet(10 * HoldStats.TURN_NANOS);
        assertThat(stats.summary()).isEqualTo(new LatencySummary(1, 0, 0, 0, 0));
        stats.record(1_000_000);
        assertThat(stats.summary().maxMicros()).isEqualTo(1003);
    }
}
