package org.kemari.statetransfer.internal.outgoing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.kemari.api.health.Check;
import org.kemari.api.health.HealthMonitor;
import org.kemari.api.health.PathHealth;
import org.kemari.api.health.PeerHealth;
import org.kemari.api.health.PeerState;
import org.kemari.api.stats.LatencySummary;
import org.kemari.api.transfer.OutgoingSession;
import org.kemari.statetransfer.internal.TestPair;
import org.kemari.statetransfer.internal.TransferSettings;

class LostPathsTest {
    private static final long MIB = 1 << 20;

    private static PeerHealth peer(String[] addresses, PeerState... states) {
        List<PathHealth> paths = IntStream.range(0, states.length)
                .mapToObj(i ->
                        new PathHealth(addresses[i], states[i], "silent for 700 ms", 9, 0, 0, LatencySummary.EMPTY))
                .toList();
        return new PeerHealth("west", PeerState.ALIVE, "", 0, 0, 0, 0, 0, LatencySummary.EMPTY, paths);
    }

    private static Optional<String> loss(String remote, PeerState... states) {
        return LostPaths.loss(peer(new String[] {"10.0.0.2:7171", "[fd00::2]:7171", "localhost:7171"}, states), remote);
    }

    @Test
    void aLinkOverALostPathHasNoFutureWhileAnotherPathIsAlive() {
        assertThat(loss("10.0.0.2:7171", PeerState.LOST, PeerState.ALIVE))
                .hasValueSatisfying(why -> assertThat(why).contains("10.0.0.2:7171", "silent for 700 ms"));
        assertThat(loss("10.0.0.2:7171", PeerState.ALIVE, PeerState.LOST)).isEmpty();
        assertThat(loss("10.0.0.2:7171", PeerState.UNKNOWN, PeerState.ALIVE)).isEmpty();
        assertThat(loss("10.0.0.2:7172", PeerState.LOST, PeerState.ALIVE)).isEmpty();
    }

    @Test
    void aPeerThatIsLostAltogetherIsTheMonitorsToReport() {
        assertThat(loss("10.0.0.2:7171", PeerState.LOST, PeerState.LOST)).isEmpty();
        assertThat(loss("10.0.0.2:7171", PeerState.LOST)).isEmpty();
    }

    @Test
    void addressesMayBeWrittenInManyWays() {
        assertThat(loss("[fd00:0:0:0:0:0:0:2]:7171", PeerState.ALIVE, PeerState.LOST))
                .isPresent();
        assertThat(loss("127.0.0.1:7171", PeerState.ALIVE, PeerState.ALIVE, PeerState.LOST))
                .isPresent();
    }

    @Test
    void theSessionEndsAndSaysWhy() throws Exception {
        TransferSettings settings = new TransferSettings(
                16 * MIB, 64 * MIB, Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(10));
        try (TestPair pair = new TestPair(4 * MIB, MIB, settings, 30)) {
            OutgoingSession session = pair.openAndSync();
            session.checkpoint(1, pair.guest, pair.tap);
            pair.awaitCommitted(1);
            // the address that a test's link says it has
            String[] addresses = {"test", "10.0.0.2:7171"};
            pair.leaveLostPaths(Optional.empty());
            pair.leaveLostPaths(monitor(peer(addresses, PeerState.ALIVE, PeerState.LOST)));
            session.checkpoint(2, pair.guest, pair.tap);
            pair.awaitCommitted(2);

            pair.leaveLostPaths(monitor(peer(addresses, PeerState.LOST, PeerState.ALIVE)));
            assertThat(pair.ended.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(pair.endReason.get()).contains("the path to west over test is lost");
            assertThatThrownBy(() -> session.checkpoint(3, pair.guest, pair.tap))
                    .isInstanceOf(IOException.class);
            session.close();
            pair.standby.awaitEnded();
        }
    }

    private static Optional<HealthMonitor> monitor(PeerHealth west) {
        return Optional.of(new HealthMonitor() {
            @Override
            public List<PeerHealth> peers() {
                return List.of(west);
            }

            @Override
            public List<Check> checks() {
                return List.of();
            }
        });
    }
}
