package org.kemari.statetransfer.internal.outgoing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
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

class SessionWatchTest {
    private static final long MIB = 1 << 20;
    private static final Duration PATIENT = Duration.ofSeconds(60);
    private static final Duration IMPATIENT = Duration.ofMillis(300);
    /** The address that a test's link says it has. */
    private static final String[] ADDRESS = {"test"};

    private static TransferSettings settings(Duration patience) {
        TransferSettings defaults = TransferSettings.DEFAULT;
        return new TransferSettings(
                defaults.stagingBytes(),
                defaults.captureBytes(),
                defaults.connectTimeout(),
                defaults.handshakeTimeout(),
                defaults.tapTimeout(),
                patience,
                patience,
                defaults.deltaCacheBytes(),
                defaults.compression());
    }

    private static PeerHealth peer(String[] addresses, PeerState... states) {
        return peer(PeerState.ALIVE, addresses, states);
    }

    private static PeerHealth peer(PeerState state, String[] addresses, PeerState... states) {
        List<PathHealth> paths = IntStream.range(0, states.length)
                .mapToObj(i ->
                        new PathHealth(addresses[i], states[i], "silent for 700 ms", 9, 0, 0, LatencySummary.EMPTY))
                .toList();
        return new PeerHealth("west", state, "silent for 700 ms", 0, 0, 0, 0, 0, LatencySummary.EMPTY, paths);
    }

    private static Optional<String> loss(String remote, PeerState... states) {
        return SessionWatch.loss(
                peer(new String[] {"10.0.0.2:7171", "[fd00::2]:7171", "localhost:7171"}, states), remote);
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
    void noPathIsBetterThanAnotherWhenThePeerIsLost() {
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
        try (TestPair pair = new TestPair(4 * MIB, MIB, settings(PATIENT), 30)) {
            OutgoingSession session = pair.openAndSync();
            session.checkpoint(1, pair.guest, pair.tap);
            pair.awaitCommitted(1);
            String[] addresses = {"test", "10.0.0.2:7171"};
            pair.watch(Optional.empty());
            pair.watch(monitor(peer(addresses, PeerState.ALIVE, PeerState.LOST)));
            session.checkpoint(2, pair.guest, pair.tap);
            pair.awaitCommitted(2);

            pair.watch(monitor(peer(addresses, PeerState.LOST, PeerState.ALIVE)));
            assertThat(pair.ended.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(pair.endReason.get()).contains("the path to west over test is lost");
            assertThatThrownBy(() -> session.checkpoint(3, pair.guest, pair.tap))
                    .isInstanceOf(IOException.class);
            session.close();
            pair.standby.awaitEnded();
        }
    }

    @Test
    void aSessionBeginsOverAPathOnWhichTheStandbyIsHeard() throws Exception {
        try (TestPair pair = new TestPair(4 * MIB, MIB, settings(PATIENT), 36)) {
            String[] addresses = {"10.0.0.2:7171", "10.1.0.2:7171"};
            pair.health(monitor(peer(addresses, PeerState.LOST, PeerState.ALIVE)));
            pair.open().close();
            assertThat(pair.path).isEqualTo(1);
        }
        try (TestPair pair = new TestPair(4 * MIB, MIB, settings(PATIENT), 37)) {
            String[] addresses = {"10.0.0.2:7171", "10.1.0.2:7171"};
            pair.health(monitor(peer(addresses, PeerState.ALIVE, PeerState.ALIVE)));
            pair.open().close();
            assertThat(pair.path).as("the links know best").isEqualTo(-1);
        }
    }

    @Test
    void whoIsInTheMiddleOfAWriteIsFreedWhenThePeerIsLost() throws Exception {
        try (TestPair pair = new TestPair(64 * MIB, MIB, settings(PATIENT), 31)) {
            OutgoingSession session = pair.open();
            pair.watch(monitor(peer(ADDRESS, PeerState.ALIVE)));
            pair.link.stop();
            Future<?> copying = background(() -> session.syncLive(pair.tap, progress -> {}));
            pair.link.awaitStopped();
            pair.watch(monitor(peer(ADDRESS, PeerState.UNKNOWN)));
            assertThat(copying.isDone()).isFalse();

            pair.watch(monitor(peer(PeerState.LOST, ADDRESS, PeerState.LOST)));
            assertThatThrownBy(() -> copying.get(10, TimeUnit.SECONDS)).hasMessageContaining("host west is lost");
            assertThat(pair.ended.await(10, TimeUnit.SECONDS)).isTrue();
            session.close();
        }
    }

    @Test
    void aPeerThatHasNeverBeenHeardMayBeTried() throws Exception {
        try (TestPair pair = new TestPair(4 * MIB, MIB, settings(PATIENT), 32)) {
            OutgoingSession session = pair.openAndSync();
            pair.watch(monitor(peer(PeerState.LOST, ADDRESS, PeerState.LOST)));
            session.checkpoint(1, pair.guest, pair.tap);
            pair.awaitCommitted(1);
            assertThat(pair.committed.get()).isEqualTo(1);
            session.close();
        }
    }

    @Test
    void aStandbyThatDoesNotAnswerTheOfferIsNotWaitedForWhenItIsLost() throws Exception {
        try (TestPair pair = new TestPair(4 * MIB, MIB, settings(PATIENT), 33)) {
            CountDownLatch asked = new CountDownLatch(1);
            CountDownLatch answer = new CountDownLatch(1);
            pair.standby.whenAsked(() -> {
                asked.countDown();
                answer.await();
            });
            Future<?> opening = background(pair::open);
            asked.await();
            pair.watch(monitor(peer(ADDRESS, PeerState.ALIVE)));
            assertThat(opening.isDone()).isFalse();
            pair.watch(monitor(peer(PeerState.LOST, ADDRESS, PeerState.LOST)));
            assertThatThrownBy(() -> opening.get(10, TimeUnit.SECONDS)).hasMessageContaining("host west is lost");
            answer.countDown();
        }
    }

    @Test
    void aCopyThatStandsStillIsGivenUp() throws Exception {
        try (TestPair pair = new TestPair(64 * MIB, MIB, settings(IMPATIENT), 34)) {
            OutgoingSession session = pair.open();
            pair.link.stop();
            Future<?> copying = background(() -> session.syncLive(pair.tap, progress -> {}));
            pair.link.awaitStopped();
            watchUntilEnded(pair);
            assertThat(pair.endReason.get()).contains("standstill", "west");
            assertThatThrownBy(() -> copying.get(10, TimeUnit.SECONDS)).hasMessageContaining("standstill");
            session.close();
        }
    }

    @Test
    void aStandbyThatCommitsNothingIsGivenUp() throws Exception {
        CountDownLatch diskWorks = new CountDownLatch(1);
        try (TestPair pair = new TestPair(4 * MIB, MIB, settings(IMPATIENT), 35)) {
            OutgoingSession session = pair.openAndSync();
            session.checkpoint(1, pair.guest, pair.tap);
            pair.awaitCommitted(1);
            for (int i = 0; i < 10; i++) {
                Thread.sleep(IMPATIENT.toMillis() / 5);
                pair.watch(Optional.empty());
            }
            assertThat(pair.ended.getCount()).as("nothing is waited for").isEqualTo(1);
            pair.standby.onApplied(checkpoint -> {
                try {
                    diskWorks.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            long epoch = 1;
            while (pair.committed.get() == epoch) {
                session.checkpoint(++epoch, pair.guest, pair.tap);
                if (epoch <= 3) {
                    pair.awaitCommitted(epoch);
                }
            }
            watchUntilEnded(pair);
            assertThat(pair.endReason.get()).contains("has not committed checkpoint " + epoch);
            diskWorks.countDown();
            session.close();
            pair.standby.awaitEnded();
        }
    }

    private static void watchUntilEnded(TestPair pair) {
        Awaitility.await().pollInterval(Duration.ofMillis(10)).until(() -> {
            pair.watch(Optional.empty());
            return pair.ended.getCount() == 0;
        });
    }

    private interface Work {
        void run() throws Exception;
    }

    private static Future<?> background(Work work) {
        FutureTask<Void> task = new FutureTask<>(() -> {
            work.run();
            return null;
        });
        Thread thread = new Thread(task, "test-conductor");
        thread.setDaemon(true);
        thread.start();
        return task;
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
