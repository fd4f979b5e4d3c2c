package org.kemari.management.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.kemari.api.management.StateChangeView;
import org.kemari.api.management.TakeoverView;
import org.kemari.api.protection.DomainState;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.Role;
import org.kemari.api.protection.TakeoverReport;
import org.kemari.api.restoration.RestorationStatus;
import org.kemari.api.transfer.SyncProgress;

class DomainHistoryTest {
    private long nowMillis = 100_000;
    private final Clock clock = new Clock() {
        @Override
        public long epochMillis() {
            return nowMillis;
        }

        @Override
        public long nanos() {
            return nowMillis * 1_000_000;
        }
    };

    private DomainStatus status(DomainState state, long generation, Optional<TakeoverReport> takeover) {
        return new DomainStatus(
                "web",
                Role.PRIMARY,
                state,
                "why " + generation,
                "west",
                generation,
                0,
                0,
                nowMillis,
                0,
                0,
                SyncProgress.NONE,
                Optional.empty(),
                List.of(),
                RestorationStatus.NONE,
                takeover);
    }

    private DomainStatus status(DomainState state, long generation) {
        return status(state, generation, Optional.empty());
    }

    private static TakeoverReport takeover(long generation) {
        return new TakeoverReport("web", "lost", generation, 1, generation, 1, 1, 1, 1, 1, 1, 1, 0);
    }

    @Test
    void theLatestComesFirstAndTheOldestGoes() {
        DomainStatus last = status(DomainState.SOLO, 0, Optional.of(takeover(0)));
        DomainHistory history = new DomainHistory(last, clock);
        for (int i = 1; i <= 100; i++) {
            nowMillis++;
            DomainStatus next = status(DomainState.SOLO, i, Optional.of(takeover(i)));
            history.changed(last, next);
            last = next;
        }
        assertThat(history.changes()).hasSize(DomainHistory.CHANGES);
        assertThat(history.changes())
                .extracting(StateChangeView::getGeneration)
                .startsWith(100L, 99L)
                .endsWith(100L - DomainHistory.CHANGES + 1);
        assertThat(history.changes().get(0).getReason()).isEqualTo("why 100");
        assertThat(history.takeoverViews())
                .extracting(TakeoverView::getGeneration)
                .startsWith(100L, 99L)
                .hasSize(DomainHistory.TAKEOVERS);
        assertThat(history.takeoverCount()).as("the first was before").isEqualTo(100);
    }

    @Test
    void whatWasFoundAtFirstIsNotRepeated() {
        DomainStatus starting = status(DomainState.STARTING, 1);
        nowMillis += 10;
        DomainStatus solo = status(DomainState.SOLO, 1);
        DomainHistory history = new DomainHistory(solo, clock);
        history.changed(starting, solo);
        assertThat(history.changes()).hasSize(1);
    }

    @Test
    void theTimeWithoutProtectionIsMeasured() {
        DomainStatus solo = status(DomainState.SOLO, 1);
        nowMillis += 5000;
        DomainHistory history = new DomainHistory(solo, clock);
        assertThat(history.unprotectedMillis())
                .as("since it is so, not since it is known")
                .isEqualTo(5000);
        nowMillis += 1000;
        history.changed(solo, status(DomainState.SYNCING, 1));
        assertThat(history.unprotectedMillis()).isEqualTo(6000);
        history.look(status(DomainState.PROTECTED, 1));
        assertThat(history.unprotectedMillis()).isZero();
        nowMillis += 1000;
        history.look(status(DomainState.HOLDING, 1));
        nowMillis += 7;
        assertThat(history.unprotectedMillis()).isEqualTo(7);
        history.look(status(DomainState.STOPPED, 1));
        assertThat(history.unprotectedMillis()).as("not here").isZero();
    }
}
