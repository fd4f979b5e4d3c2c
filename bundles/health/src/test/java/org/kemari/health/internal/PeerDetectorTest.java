package org.kemari.health.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.kemari.api.health.PeerState;

/** A peer with one path, and one with two. */
class PeerDetectorTest {
    private static final int PERIOD = 50;
    private static final int TIMEOUT = 500;
    private static final Times TIMES = new Times(Duration.ofMillis(PERIOD), Duration.ofMillis(TIMEOUT));
    private static final String A = "10.0.0.2:7171";
    private static final String B = "10.1.0.2:7171";

    private long millis;
    private final List<String> stale = new ArrayList<>();
    private final PeerDetector detector = new PeerDetector("west", List.of(A), TIMES, now());
    private final PeerDetector two = new PeerDetector("west", List.of(A, B), TIMES, now());

    private Moment now() {
        // A clock that starts anywhere: System.nanoTime may be negative, and wraps.
        return new Moment(Long.MAX_VALUE - 300_000_000L + millis * 1_000_000, 1_000_000 + millis);
    }

    private void alive() {
        detector.connected(A, now());
        assertThat(detector.heard(A, now())).isTrue();
    }

    private void bothAlive() {
        two.connected(A, now());
        two.connected(B, now());
        assertThat(two.heard(A, now())).isTrue();
        assertThat(two.heard(B, now())).as("known already").isFalse();
    }

    /** Ticks in time for so many milliseconds; says how many changes there were. */
    private int pass(PeerDetector whom, int duration) {
        int changes = 0;
        for (int passed = 0; passed < duration; passed += PERIOD) {
            millis += PERIOD;
            changes += whom.tick(now(), stale) ? 1 : 0;
        }
        return changes;
    }

    private int pass(int duration) {
        return pass(detector, duration);
    }

    @Test
    void aPeerThatWasNeverHeardOfIsNeverLost() {
        assertThat(pass(2000)).isZero();
        detector.unreachable(A, "connection refused");
        assertThat(detector.reason()).contains("connection refused");
        detector.connected(A, now());
        assertThat(pass(2000)).isZero();
        assertThat(detector.closed(A, now(), "reset")).isFalse();
        assertThat(detector.state()).isEqualTo(PeerState.UNKNOWN);
        assertThat(detector.losses()).isZero();
    }

    @Test
    void aReplyMakesItAlive() {
        millis = 70;
        alive();
        assertThat(detector.state()).isEqualTo(PeerState.ALIVE);
        assertThat(detector.sinceEpochMillis()).isEqualTo(1_000_070);
        assertThat(detector.lastHeardEpochMillis()).isEqualTo(1_000_070);
        assertThat(detector.heard(A, now())).as("the second one is no news").isFalse();
    }

    @Test
    void aBrokenConnectionIsALossAtOnce() {
        alive();
        assertThat(detector.closed(A, now(), "connection reset")).isTrue();
        assertThat(detector.state()).isEqualTo(PeerState.LOST);
        assertThat(detector.reason()).isEqualTo("the connection ended: connection reset");
        assertThat(detector.losses()).isEqualTo(1);
        assertThat(detector.closed(A, now(), "again")).isFalse();
        assertThat(pass(5000)).as("it cannot be lost twice").isZero();
    }

    @Test
    void oneBreakIsOneLossAndOneReturn() {
        alive();
        assertThat(detector.closed(A, now(), "reset")).isTrue();
        detector.connected(A, now());
        assertThat(detector.tick(now(), stale)).isFalse();
        assertThat(detector.state()).as("a connection alone proves nothing").isEqualTo(PeerState.LOST);
        assertThat(detector.heard(A, now())).isTrue();
        assertThat(pass(300)).isZero();
        assertThat(detector.losses()).isEqualTo(1);
    }

    @Test
    void silenceIsALossAfterTheTimeout() {
        alive();
        assertThat(pass(TIMEOUT - PERIOD)).isZero();
        assertThat(stale).isEmpty();
        assertThat(pass(PERIOD)).isEqualTo(1);
        assertThat(detector.state()).isEqualTo(PeerState.LOST);
        assertThat(detector.reason()).isEqualTo("silent for 500 ms");
        assertThat(stale).containsExactly(A);
        assertThat(detector.heard(A, now()))
                .as("from the link that was given up")
                .isFalse();
    }

    @Test
    void aSteadyPeerIsMissedSooner() {
        alive();
        for (int i = 0; i < 100; i++) {
            pass(PERIOD);
            detector.heard(A, now());
        }
        assertThat(pass(6 * PERIOD)).isZero();
        assertThat(pass(2 * PERIOD)).isEqualTo(1);
    }

    @Test
    void aHalfDeadPeerIsDialledAgain() {
        alive();
        detector.closed(A, now(), "reset");
        detector.connected(A, now());
        pass(TIMEOUT);
        assertThat(stale).as("it accepts and says nothing").containsExactly(A);
        assertThat(detector.losses()).isEqualTo(1);
    }

    @Test
    void ourOwnAbsenceIsNotTheirs() {
        alive();
        pass(PERIOD);
        millis += 3000;
        assertThat(detector.tick(now(), stale))
                .as("we slept; their replies wait in the socket")
                .isFalse();
        assertThat(detector.heard(A, now())).isFalse();
        assertThat(pass(TIMEOUT - PERIOD)).isZero();
        assertThat(detector.losses()).isZero();
    }

    @Test
    void ourOwnAbsenceIsNoInterval() {
        alive();
        for (int i = 0; i < 100; i++) {
            pass(PERIOD);
            detector.heard(A, now());
        }
        millis += 3000;
        detector.heard(A, now());
        detector.tick(now(), stale);
        millis += 3000;
        detector.tick(now(), stale);
        detector.heard(A, now());
        assertThat(detector.losses()).isZero();
        assertThat(pass(6 * PERIOD)).isZero();
        assertThat(pass(2 * PERIOD)).as("as suspicious as before").isEqualTo(1);
    }

    @Test
    void afterOurOwnAbsenceADeadPeerIsStillFound() {
        alive();
        millis += 3000;
        assertThat(detector.tick(now(), stale)).isFalse();
        assertThat(pass(3 * PERIOD)).isEqualTo(1);
    }

    @Test
    void aHostThatIsAlwaysLateStillFindsADeadPeer() {
        alive();
        int changes = 0;
        for (int i = 0; i < 20; i++) {
            millis += 4 * PERIOD;
            changes += detector.tick(now(), stale) ? 1 : 0;
        }
        assertThat(changes).isEqualTo(1);
    }

    @Test
    void aGoodbyeIsALossWithItsReason() {
        alive();
        assertThat(detector.left(now())).isTrue();
        assertThat(detector.state()).isEqualTo(PeerState.LOST);
        assertThat(detector.reason()).contains("stopped by its operator");
        assertThat(detector.closed(A, now(), "end of stream")).isFalse();
        detector.unreachable(A, "connection refused");
        assertThat(detector.reason()).contains("stopped by its operator");
        assertThat(detector.losses()).isEqualTo(1);
        detector.connected(A, now());
        assertThat(detector.heard(A, now())).isTrue();
    }

    @Test
    void aMonitorThatIsExchangedIsNoLossUnlessItStaysAway() {
        alive();
        detector.paused(now());
        assertThat(detector.closed(A, now(), "end of stream")).isFalse();
        assertThat(detector.paths().get(0).reason()).contains("being exchanged");
        assertThat(detector.paths().get(0).isAlive())
                .as("what goes over it has a future")
                .isTrue();
        assertThat(pass((int) (PathDetector.EXCUSE_NANOS / 1_000_000) - 2 * PERIOD))
                .isZero();
        detector.connected(A, now());
        assertThat(detector.heard(A, now()))
                .as("it has been alive all the time")
                .isFalse();
        assertThat(pass(TIMEOUT + PERIOD)).as("judged as ever").isEqualTo(1);

        detector.connected(A, now());
        detector.heard(A, now());
        detector.paused(now());
        assertThat(pass((int) (PathDetector.EXCUSE_NANOS / 1_000_000) + PERIOD)).isEqualTo(1);
        assertThat(detector.state()).isEqualTo(PeerState.LOST);
        assertThat(detector.reason()).contains("being exchanged");
    }

    @Test
    void timesCanBeChanged() {
        alive();
        detector.setTimes(new Times(Duration.ofMillis(PERIOD), Duration.ofMillis(150)));
        assertThat(pass(150)).isEqualTo(1);
    }

    @Test
    void onePathAloneIsNotActedOn() {
        bothAlive();
        assertThat(two.reason()).isEqualTo("heartbeats arrive on all 2 paths");
        assertThat(two.closed(B, now(), "reset")).isFalse();
        assertThat(two.state()).isEqualTo(PeerState.ALIVE);
        assertThat(two.reason()).isEqualTo("1 of 2 paths lost: 10.1.0.2:7171 the connection ended: reset");
    }

    @Test
    void theResetOfTheLastPathIsALossAtOnce() {
        bothAlive();
        assertThat(two.closed(B, now(), "reset")).isFalse();
        millis += 1;
        assertThat(two.closed(A, now(), "end of stream")).isTrue();
        assertThat(two.reason()).startsWith("all 2 paths lost: ").contains(A).contains(B);
        assertThat(two.losses()).isEqualTo(1);
    }

    @Test
    void aConnectionThatHasNotAnsweredIsNotAlive() {
        bothAlive();
        two.closed(B, now(), "reset");
        two.connected(B, now());
        assertThat(two.closed(A, now(), "reset")).isTrue();
    }

    @Test
    void aSilentPathIsGivenUpWhileTheOtherLives() {
        bothAlive();
        int changes = 0;
        for (int i = 0; i < 20; i++) {
            changes += pass(two, PERIOD);
            assertThat(two.heard(A, now())).isFalse();
        }
        assertThat(changes).isZero();
        assertThat(stale).containsExactly(B);
        assertThat(two.reason()).isEqualTo("1 of 2 paths lost: 10.1.0.2:7171 silent for 500 ms");
        two.connected(B, now());
        assertThat(two.heard(B, now())).as("no news of the peer").isFalse();
        assertThat(two.losses()).isZero();
    }

    @Test
    void silenceOnAllPathsIsALoss() {
        bothAlive();
        assertThat(pass(two, TIMEOUT)).isEqualTo(1);
        assertThat(stale).containsExactly(A, B);
        assertThat(two.reason())
                .isEqualTo("all 2 paths lost: 10.0.0.2:7171 silent for 500 ms; 10.1.0.2:7171 silent for 500 ms");
    }

    @Test
    void aResetAndThenSilenceIsALoss() {
        bothAlive();
        two.closed(A, now(), "reset");
        assertThat(pass(two, TIMEOUT)).isEqualTo(1);
    }

    @Test
    void aGoodbyeByOnePathCountsForAll() {
        bothAlive();
        assertThat(two.left(now())).isTrue();
        assertThat(two.heard(B, now())).as("sent before the goodbye").isFalse();
        assertThat(two.state()).isEqualTo(PeerState.LOST);
    }

    @Test
    void pathsComeAndGo() {
        alive();
        assertThat(detector.setPaths(List.of(A, B), now())).isFalse();
        assertThat(detector.reason()).startsWith("1 of 2 paths lost: " + B);
        detector.connected(B, now());
        detector.heard(B, now());
        assertThat(detector.setPaths(List.of(B), now())).isFalse();
        assertThat(detector.heard(A, now())).isFalse();
        assertThat(detector.paths()).hasSize(1);
        assertThat(detector.setPaths(List.of(), now())).isTrue();
        assertThat(detector.state()).isEqualTo(PeerState.LOST);
        assertThat(detector.closed(B, now(), "reset")).isFalse();
    }

    @Property(tries = 300)
    void changesAlternateWhateverHappens(@ForAll @IntRange(max = 11) int[] happenings) {
        PeerDetector detector = new PeerDetector("west", List.of(A, B), TIMES, now());
        PeerState last = detector.state();
        long losses = 0;
        for (int happening : happenings) {
            int what = happening % 6;
            String path = happening < 6 ? A : B;
            millis += what * 40L;
            boolean changed =
                    switch (what) {
                        case 0 -> detector.heard(path, now());
                        case 1 -> {
                            detector.connected(path, now());
                            yield false;
                        }
                        case 2 -> detector.closed(path, now(), "reset");
                        case 3 -> happening == 3 && detector.left(now());
                        case 4 -> {
                            detector.unreachable(path, "refused");
                            yield false;
                        }
                        default -> detector.tick(now(), stale);
                    };
            assertThat(changed).isEqualTo(detector.state() != last);
            assertThat(detector.state() == PeerState.UNKNOWN && last != PeerState.UNKNOWN)
                    .isFalse();
            assertThat(last == PeerState.UNKNOWN && detector.state() == PeerState.LOST)
                    .isFalse();
            assertThat(detector.state() == PeerState.ALIVE)
                    .isEqualTo(detector.paths().stream().anyMatch(PathDetector::isAlive));
            losses += changed && detector.state() == PeerState.LOST ? 1 : 0;
            assertThat(detector.losses()).isEqualTo(losses);
            last = detector.state();
        }
    }
}
