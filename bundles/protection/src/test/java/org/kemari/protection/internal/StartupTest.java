package org.kemari.protection.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.kemari.api.arbiter.OwnershipRecord;

class StartupTest {
    private static final OwnershipRecord OURS = OwnershipRecord.first("web", "east");

    private static Startup.Step step(Optional<OwnershipRecord> record, boolean found, boolean autostart, long elapsed) {
        return Startup.advise("east", record, found, autostart, Optional.empty(), elapsed)
                .step();
    }

    @Test
    void afterAnUnfinishedTakeoverNothingBootsByItself() {
        Optional<String> unfinished = Optional.of("was the standby");
        assertThat(Startup.advise("east", Optional.of(OURS), false, true, unfinished, Long.MAX_VALUE)
                        .step())
                .isEqualTo(Startup.Step.NOTHING);
        assertThat(Startup.advise("east", Optional.of(OURS), true, true, unfinished, 0)
                        .step())
                .as("a hypervisor that still waits for its image is no guest")
                .isEqualTo(Startup.Step.DESTROY);
    }

    @Test
    void aGuestThatAnotherHostOwnsIsEnded() {
        assertThat(step(Optional.of(OURS.solo("west")), true, true, 0)).isEqualTo(Startup.Step.DESTROY);
    }

    @Test
    void aGuestOfOursIsAdopted() {
        assertThat(step(Optional.of(OURS), true, false, 0)).isEqualTo(Startup.Step.ADOPT);
        assertThat(step(Optional.empty(), true, false, 0)).isEqualTo(Startup.Step.ADOPT);
    }

    @Test
    void autostartNeverStartsWhatAnotherHostOwns() {
        assertThat(step(Optional.of(OURS.solo("west")), false, true, Long.MAX_VALUE))
                .isEqualTo(Startup.Step.NOTHING);
        assertThat(step(Optional.of(OURS), false, true, 0)).isEqualTo(Startup.Step.START);
        assertThat(step(Optional.empty(), false, true, 0)).isEqualTo(Startup.Step.START);
        assertThat(step(Optional.of(OURS), false, false, 0)).isEqualTo(Startup.Step.NOTHING);
    }

    @Test
    void aStandbyIsGivenTimeToTakeOverFirst() {
        Optional<OwnershipRecord> joined = Optional.of(OURS.joined("west", 5));
        assertThat(step(joined, false, true, Startup.STANDBY_GRACE_NANOS - 1)).isEqualTo(Startup.Step.WAIT);
        assertThat(step(joined, false, true, Startup.STANDBY_GRACE_NANOS)).isEqualTo(Startup.Step.START);
    }
}
