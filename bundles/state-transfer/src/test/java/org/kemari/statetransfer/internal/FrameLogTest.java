package org.kemari.statetransfer.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kemari.api.transfer.CommittedCheckpoint;
import org.kemari.api.transfer.IncomingSession;
import org.kemari.api.transfer.OutgoingSession;

/** Frames of the guest's network on their way through a real sender, link and receiver. */
@Timeout(60)
class FrameLogTest {
    private static final long MIB = 1 << 20;

    private static List<Long> numbers(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    private static void checkpoint(TestPair pair, OutgoingSession session, long epoch) throws Exception {
        pair.guest.dirty(100);
        session.checkpoint(epoch, pair.guest, pair.tap);
        pair.awaitCommitted(epoch);
    }

    private static List<Long> logged(IncomingSession standby) {
        return TestFrames.numbers(standby.frames().received());
    }

    @Test
    void theStandbyHasWhatCameAfterTheLastCommit() throws Exception {
        try (TestPair pair = new TestPair(8 * MIB, MIB, TransferSettings.DEFAULT, 1)) {
            TestFrames frames = pair.tap.frames();
            OutgoingSession session = pair.openAndSync();
            frames.receive(5);
            checkpoint(pair, session, 1);
            frames.receive(3);
            frames.receive(2);
            Awaitility.await("without a checkpoint").until(frames::areTaken);
            frames.send(100, 101);
            checkpoint(pair, session, 2);
            frames.send();
            frames.receive(4);
            Awaitility.await().until(frames::areTaken);
            Awaitility.await().until(() -> pair.standby.applied().contains(2L));
            IncomingSession standby = pair.standby.session();
            // written before the end of the link, as by a host that dies
            Awaitility.await()
                    .until(() -> standby.status().bytes() == session.status().bytes());
            Optional<CommittedCheckpoint> last = standby.seal();
            assertThat(last.orElseThrow().epoch()).isEqualTo(2);
            assertThat(logged(standby)).containsExactlyElementsOf(numbers(11, 14));
            assertThat(TestFrames.numbers(standby.frames().held())).containsExactly(100L, 101L);
        }
    }

    @Test
    void framesBetweenThoseOfCheckpointsHarmNone() throws Exception {
        try (TestPair pair = new TestPair(16 * MIB, MIB, TransferSettings.DEFAULT, 2)) {
            TestFrames frames = pair.tap.frames();
            pair.guest.run();
            OutgoingSession session = pair.openAndSync();
            boolean[] over = {false};
            Thread network = new Thread(() -> {
                while (!over[0]) {
                    frames.receive(7);
                    java.util.concurrent.locks.LockSupport.parkNanos(200_000);
                }
            });
            network.setDaemon(true);
            network.start();
            int epochs = 60;
            for (int epoch = 1; epoch <= epochs; epoch++) {
                frames.send(epoch);
                session.checkpoint(epoch, pair.guest, pair.tap);
            }
            pair.awaitCommitted(epochs);
            over[0] = true;
            network.join();
            assertThat(pair.endReason.get()).isEmpty();
            IncomingSession standby = pair.standby.session();
            assertThat(standby.seal().orElseThrow().epoch()).isEqualTo(epochs);
            assertThat(TestFrames.numbers(standby.frames().held())).containsExactly((long) epochs);
            List<Long> left = logged(standby);
            assertThat(left).isSorted().doesNotHaveDuplicates();
        }
    }
}
