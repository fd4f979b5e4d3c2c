package org.kemari.health.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.kemari.api.health.PeerState;

class PeerDetectorTest {
    private static final int PERIOD = 50;
    private static final int TIMEOUT = 500;

    private long millis;
    private final PeerDetector detector =
            new PeerDetector("west", Duration.ofMillis(PERIOD), Duration.ofMillis(TIMEOUT), now());

    private Moment now() {
        // A clock that starts anywhere: System.nanoTime may be negative, and wraps.
        return new Moment(Long.MAX_VALUE - 300_000_000L + millis * 1_000_000, 1_000_000 + millis);
    }

    private void alive() {
        detector.connected(now());
        assertThat(detector.heard(now())).isTrue();
    }

    /** Ticks in time for so many milliseconds; says how many changes there were. */
    private int pass(int duration) {
        int changes = 0;
        for (int passed = 0; passed < duration; passed += PERIOD) {
            millis += PERIOD;
            changes += detector.tick(now()) ? 1 : 0;
        }
        return changes;
    }

    @Test
    void aPeerThatWasNeverHeardOfIsNeverLost() {
        assertThat(pass(2000)).isZero();
        detector.unreachable("connection refused");
        assertThat(detector.reason()).contains("connection refused");
        detector.connected(now());
        assertThat(pass(2000)).isZero();
        assertThat(detector.closed(now(), "reset")).isFalse();
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
        assertThat(detector.heard(now())).as("the second one is no news").isFalse();
    }

    @Test
    void aBrokenConnectionIsALossAtOnce() {
        alive();
        assertThat(detector.closed(now(), "connection reset")).isTrue();
        assertThat(detector.state()).isEqualTo(PeerState.LOST);
        assertThat(detector.reason()).contains("connection reset");
        assertThat(detector.losses()).isEqualTo(1);
        assertThat(detector.closed(now(), "again")).isFalse();
        assertThat(pass(5000)).as("it cannot be lost twice").isZero();
    }

    @Test
    void oneBreakIsOneLossAndOneReturn() {
        alive();
        assertThat(detector.closed(now(), "reset")).isTrue();
        detector.connected(now());
        assertThat(detector.tick(now())).isFalse();
        assertThat(detector.state()).as("a connection alone proves nothing").isEqualTo(PeerState.LOST);
        assertThat(detector.heard(now())).isTrue();
        assertThat(pass(300)).isZero();
        assertThat(detector.losses()).isEqualTo(1);
    }

    @Test
    void silenceIsALossAfterTheTimeout() {
        alive();
        assertThat(pass(TIMEOUT - PERIOD)).isZero();
        assertThat(detector.linkStale()).isFalse();
        assertThat(pass(PERIOD)).isEqualTo(1);
        assertThat(detector.state()).isEqualTo(PeerState.LOST);
        assertThat(detector.reason()).contains("silent for 500 ms");
        assertThat(detector.linkStale()).isTrue();
        assertThat(detector.heard(now())).as("from the link that was given up").isFalse();
    }

    @Test
    void aHalfDeadPeerIsDialledAgain() {
        alive();
        detector.closed(now(), "reset");
        detector.connected(now());
        pass(TIMEOUT);
        assertThat(detector.linkStale()).as("it accepts and says nothing").isTrue();
        assertThat(detector.losses()).isEqualTo(1);
    }

    @Test
    void heartbeatsKeepItAlive() {
        alive();
        for (int i = 0; i < 1000; i++) {
            assertThat(pass(TIMEOUT - PERIOD)).isZero();
            detector.heard(now());
        }
    }

    @Test
    void ourOwnAbsenceIsNotTheirs() {
        alive();
        pass(PERIOD);
        millis += 3000;
        assertThat(detector.tick(now()))
                .as("we slept; their replies wait in the socket")
                .isFalse();
        assertThat(detector.heard(now())).isFalse();
        assertThat(pass(TIMEOUT - PERIOD)).isZero();
        assertThat(detector.losses()).isZero();
    }

    @Test
    void afterOurOwnAbsenceADeadPeerIsStillFound() {
        alive();
        millis += 3000;
        assertThat(detector.tick(now())).isFalse();
        assertThat(pass(3 * PERIOD)).isEqualTo(1);
    }

    @Test
    void aHostThatIsAlwaysLateStillFindsADeadPeer() {
        alive();
        int changes = 0;
        for (int i = 0; i < 20; i++) {
            millis += 4 * PERIOD;
            changes += detector.tick(now()) ? 1 : 0;
        }
        assertThat(changes).isEqualTo(1);
    }

    @Test
    void aGoodbyeIsALossWithItsReason() {
        alive();
        assertThat(detector.left(now())).isTrue();
        assertThat(detector.state()).isEqualTo(PeerState.LOST);
        assertThat(detector.reason()).contains("stopped by its operator");
        assertThat(detector.closed(now(), "end of stream")).isFalse();
        assertThat(detector.reason()).contains("stopped by its operator");
        detector.unreachable("connection refused");
        assertThat(detector.reason()).contains("stopped by its operator");
        assertThat(detector.losses()).isEqualTo(1);
        detector.connected(now());
        assertThat(detector.heard(now())).isTrue();
    }

    @Test
    void timesCanBeChanged() {
        alive();
        detector.setTimes(Duration.ofMillis(PERIOD), Duration.ofMillis(100));
        assertThat(pass(100)).isEqualTo(1);
    }

    @Property(tries = 300)
    void changesAlternateWhateverHappens(@ForAll @IntRange(max = 5) int[] happenings) {
        PeerDetector detector = new PeerDetector("west", Duration.ofMillis(PERIOD), Duration.ofMillis(TIMEOUT), now());
        PeerState last = detector.state();
        long losses = 0;
        for (int what : happenings) {
            millis += what * 40L;
            boolean changed =
                    switch (what) {
                        case 0 -> detector.heard(now());
                        case 1 -> {
                            detector.connected(now());
                            yield false;
                        }
                        case 2 -> detector.closed(now(), "reset");
                        case 3 -> detector.left(now());
                        case 4 -> {
                            detector.unreachable("refused");
                            yield false;
                        }
                        default -> detector.tick(now());
                    };
            assertThat(changed).isEqualTo(detector.state() != last);
            assertThat(detector.state() == PeerState.UNKNOWN && last != PeerState.UNKNOWN)
                    .isFalse();
            assertThat(last == PeerState.UNKNOWN && detector.state() == PeerState.LOST)
                    .isFalse();
            losses += changed && detector.state() == PeerState.LOST ? 1 : 0;
            assertThat(detector.losses()).isEqualTo(losses);
            last = detector.state();
        }
    }
}
