package org.kemari.protection.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.kemari.api.domain.FencePolicy;
import org.kemari.api.domain.ProtectionSettings;
import org.kemari.api.domain.WritePolicy;

class CheckpointPacerTest {
    private static final long MS = 1_000_000;
    private static final long BEGUN = 1_000 * MS;

    private static CheckpointPacer pacer(int maxAge, int minGap, int inFlight, int target) {
        return new CheckpointPacer(new ProtectionSettings(
                List.of(),
                true,
                FencePolicy.AUTO,
                Duration.ofMillis(maxAge),
                Duration.ofMillis(minGap),
                WritePolicy.HOLD,
                inFlight,
                Duration.ofMillis(target)));
    }

    /** A checkpoint that took so long is committed; the guest goes on to let something out. */
    private static long dueWhileBusy(CheckpointPacer pacer, long cost) {
        assertThat(pacer.begin(BEGUN)).isEqualTo(1);
        pacer.sent(1, BEGUN + cost);
        assertThat(pacer.commit(1, BEGUN + cost)).isTrue();
        pacer.outputHeld(BEGUN + 5_000 * MS);
        return pacer.dueNanos() - BEGUN;
    }

    @Test
    void theGapThatFollowsTheLoadStaysBetweenItsBounds() {
        assertThat(dueWhileBusy(pacer(1000, 0, 1, 100), 5 * MS)).isEqualTo(20 * MS);
        assertThat(dueWhileBusy(pacer(10, 0, 1, 100), 5 * MS)).as("maxEpochAge").isEqualTo(10 * MS);
        assertThat(dueWhileBusy(pacer(1000, 50, 1, 100), 5 * MS))
                .as("minEpochGap")
                .isEqualTo(50 * MS);
        assertThat(dueWhileBusy(pacer(1000, 0, 1, 0), 5 * MS)).as("no target").isZero();
        assertThat(dueWhileBusy(pacer(1000, 0, 2, 100), 5 * MS)).isEqualTo(20 * MS);
    }

    @Test
    void asManyAreInFlightAsAllowedAndOneIsTakenAtATime() {
        CheckpointPacer pacer = pacer(1000, 0, 3, 0);
        for (int epoch = 1; epoch <= 3; epoch++) {
            pacer.outputHeld(BEGUN);
            assertThat(pacer.isDue(BEGUN)).isTrue();
            assertThat(pacer.begin(BEGUN)).isEqualTo(epoch);
            pacer.outputHeld(BEGUN);
            assertThat(pacer.dueNanos()).as("it is being taken").isEqualTo(Long.MAX_VALUE);
            pacer.sent(epoch, BEGUN);
        }
        assertThat(pacer.dueNanos()).as("three are in flight").isEqualTo(Long.MAX_VALUE);
        assertThat(pacer.commit(1, BEGUN)).isTrue();
        assertThat(pacer.isDue(BEGUN)).isTrue();
        assertThat(pacer.isAllCommitted()).isFalse();
    }

    @Test
    void afterTheLastOneThereIsNone() {
        CheckpointPacer idle = pacer(1000, 20, 2, 0);
        idle.begin(BEGUN);
        idle.commit(1, BEGUN);
        idle.last();
        assertThat(idle.isDue(BEGUN)).as("one more, at once").isTrue();
        idle.begin(BEGUN);
        idle.sent(2, BEGUN);
        assertThat(idle.dueNanos()).isEqualTo(Long.MAX_VALUE);

        CheckpointPacer busy = pacer(1000, 0, 2, 0);
        busy.begin(BEGUN);
        busy.sent(1, BEGUN);
        busy.last();
        busy.outputHeld(BEGUN);
        assertThat(busy.dueNanos()).as("what is in flight is the last").isEqualTo(Long.MAX_VALUE);
    }
}
