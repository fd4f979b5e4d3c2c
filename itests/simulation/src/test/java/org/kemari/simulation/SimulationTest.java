package org.kemari.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kemari.simulation.Coverage.Event;
import org.kemari.simulation.Schedules.Failure;

class SimulationTest {
    /** Another number: {@code -Dkemari.schedules=1000}. */
    private static final long SCHEDULES = Long.getLong("kemari.schedules", 100_000);

    /** Other seeds: {@code -Dkemari.firstSeed=1000000}. */
    private static final long FIRST_SEED = Long.getLong("kemari.firstSeed", 1);

    /** How many schedules it may take until a broken Kemari is found out. */
    private static final long PATIENCE = 20_000;

    /** What is rare; everything else has to happen at least once in ten schedules. */
    private static final Set<Event> RARE = EnumSet.of(
            Event.LOSSES_BETWEEN_TWO_COMMITS,
            Event.SYNCS_OF_RETAINED_MEMORY,
            Event.DOUBLE_FAILURES,
            Event.DUPLICATE_LANDINGS,
            Event.FENCES,
            Event.FAILED_FENCES,
            Event.STORAGE_HANDOVERS,
            Event.STANDBY_DISK_FAILURES,
            Event.GUEST_SHUTDOWNS,
            Event.OPERATOR_DECISIONS,
            Event.TRUNCATED_STREAMS,
            Event.EVENTS_OF_OLD_SESSIONS);

    @Test
    void noScheduleBreaksAnInvariant() throws InterruptedException {
        Schedules schedules = new Schedules();
        schedules.run(FIRST_SEED, SCHEDULES, 0, Variant.NONE).ifPresent(SimulationTest::report);
        Coverage coverage = schedules.coverage();
        assertThat(coverage.of(Event.SCHEDULES)).isEqualTo(SCHEDULES);
        for (Event event : Event.values()) {
            long least = SCHEDULES / (RARE.contains(event) ? 500 : 10);
            assertThat(coverage.of(event)).as(event.name()).isGreaterThanOrEqualTo(least);
        }
    }

    private static void report(Failure failure) {
        fail(failure + "\nagain: ./kemari simulate --seed " + failure.plan().seed() + " --trace", failure.violation());
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aBrokenKemariIsFoundOut(Variant variant) throws InterruptedException {
        Optional<Failure> failure = new Schedules().run(1, PATIENCE, 0, variant);
        assertThat(failure).as("%s in %d schedules", variant, PATIENCE).isPresent();
        assertThat(failure.get().violation()).isInstanceOf(Violation.class);
    }

    @Test
    void aSeedIsReplayedExactly() {
        for (long seed = 1; seed <= 20; seed++) {
            assertThat(trace(seed)).isEqualTo(trace(seed)).isNotEmpty();
        }
    }

    private static List<String> trace(long seed) {
        List<String> lines = new ArrayList<>();
        new Schedules().run(Plan.of(seed, Variant.NONE, 0), lines::add);
        return lines;
    }

    @Test
    void anyNumberOfHostsCanBeAskedFor() throws InterruptedException {
        for (int hosts = 2; hosts <= 4; hosts++) {
            new Schedules().run(1, 100, hosts, Variant.NONE).ifPresent(SimulationTest::report);
        }
    }
}
