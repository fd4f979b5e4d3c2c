package org.kemari.protection.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.kemari.api.domain.FencePolicy;
import org.kemari.api.domain.ProtectionSettings;

class RedundancyTest {
    private static final long MS = 1_000_000;
    private static final long NOW = 1_000_000 * MS;

    private static Redundancy of(boolean automatic, String... standbys) {
        return new Redundancy(
                "east",
                new ProtectionSettings(
                        List.of(standbys),
                        automatic,
                        FencePolicy.AUTO,
                        ProtectionSettings.DEFAULT.maxEpochAge(),
                        ProtectionSettings.DEFAULT.minEpochGap(),
                        ProtectionSettings.DEFAULT.writePolicy()));
    }

    @Test
    void theFirstOfTheListThatIsAliveIsTried() {
        Redundancy r = of(true, "east", "west", "north");
        assertThat(r.next(NOW)).isEmpty();
        assertThat(r.deadlineNanos(NOW)).isEqualTo(Long.MAX_VALUE);
        r.peerAlive("north");
        assertThat(r.next(NOW)).contains("north");
        r.peerAlive("west");
        assertThat(r.next(NOW)).contains("west");
        r.peerLost("west");
        assertThat(r.next(NOW)).contains("north");
    }

    @Test
    void aHostThatFailedIsLeftAloneForLongerAndLonger() {
        Redundancy r = of(true, "west");
        r.peerAlive("west");
        long now = NOW;
        long previous = 0;
        for (int i = 0; i < 40; i++) {
            r.failed("west", now);
            assertThat(r.next(now)).isEmpty();
            long wait = r.deadlineNanos(now) - now;
            assertThat(wait).isBetween(previous, Redundancy.LAST_RETRY_NANOS);
            previous = wait;
            now += wait;
            assertThat(r.next(now)).contains("west");
        }
        assertThat(previous).isEqualTo(Redundancy.LAST_RETRY_NANOS);
    }

    @Test
    void aHostThatComesBackIsTriedAtOnce() {
        Redundancy r = of(true, "west");
        r.peerAlive("west");
        r.failed("west", NOW);
        r.peerLost("west");
        r.peerAlive("west");
        assertThat(r.next(NOW)).contains("west");
    }

    @Test
    void aProtectionThatAlwaysEndsSoonIsBegunLessAndLessOften() {
        Redundancy r = of(true, "west");
        r.peerAlive("west");
        r.failed("west", NOW);
        r.succeeded(NOW + 1000 * MS);
        r.failed("west", NOW + 2000 * MS);
        assertThat(r.deadlineNanos(NOW + 2000 * MS)).isEqualTo(NOW + 2500 * MS);
        r.succeeded(NOW + 3000 * MS);
        r.failed("west", NOW + 100_000 * MS);
        assertThat(r.deadlineNanos(NOW)).isEqualTo(NOW + 100_250 * MS);
    }

    @Test
    void aWishComesBeforeTheListAndIsGivenUpInTheEnd() {
        Redundancy r = of(false, "north");
        r.peerAlive("north");
        assertThat(r.next(NOW)).isEmpty();
        r.wish("west");
        assertThat(r.next(NOW)).contains("west");
        long now = NOW;
        int tries = 0;
        while (r.deadlineNanos(now) != Long.MAX_VALUE) {
            now = Math.max(now, r.deadlineNanos(now));
            r.failed("west", now);
            tries++;
        }
        assertThat(tries).isEqualTo(8);
        assertThat(r.isWanted()).isFalse();
    }

    @Test
    void anOperatorWhoWantsNoProtectionIsObeyed() {
        Redundancy r = of(true, "west");
        r.peerAlive("west");
        r.unwanted();
        assertThat(r.next(NOW)).isEmpty();
        assertThat(r.outlook()).isEmpty();
        r.wish("west");
        assertThat(r.next(NOW)).contains("west");
    }
}
