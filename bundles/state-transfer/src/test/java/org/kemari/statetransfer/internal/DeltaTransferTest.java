package org.kemari.statetransfer.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kemari.api.transfer.CommittedCheckpoint;
import org.kemari.api.transfer.OutgoingSession;
import org.kemari.api.transfer.TransferVolume;

/** The standby's memory and device state after each commit, whatever way their changes took. */
@Timeout(90)
class DeltaTransferTest {
    private static final long MIB = 1 << 20;
    private static final long PAGE = 4096;

    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final AtomicLong pausesBefore = new AtomicLong();

    private static TransferSettings settings(long captureBytes, long cacheBytes) {
        return settings(captureBytes, cacheBytes, Compression.AUTO);
    }

    private static TransferSettings settings(long captureBytes, long cacheBytes, Compression compression) {
        TransferSettings d = TransferSettings.DEFAULT;
        return new TransferSettings(
                0,
                captureBytes,
                d.connectTimeout(),
                d.handshakeTimeout(),
                d.tapTimeout(),
                d.syncTimeout(),
                d.commitTimeout(),
                cacheBytes,
                compression);
    }

    /** Compares at each commit, when it has been applied and the next one has not. */
    private TestPair pair(TransferSettings settings, long seed) throws IOException {
        TestPair pair = new TestPair(4 * MIB, MIB, settings, seed);
        pair.standby.onApplied(applied -> compare(pair, applied));
        return pair;
    }

    private void compare(TestPair pair, CommittedCheckpoint applied) {
        long pause = pausesBefore.get() + applied.epoch();
        try {
            if (pair.imageChecksum() != pair.guest.memoryAt(pause)) {
                wrong.add("memory of checkpoint " + applied.epoch());
            }
            if (!applied.deviceState().equals(ByteBuffer.wrap(TestGuest.stateOf(pause)))) {
                wrong.add("device state of checkpoint " + applied.epoch());
            }
        } catch (IOException e) {
            wrong.add(e.toString());
        }
    }

    private static void work(TestPair pair, Random random) throws IOException {
        pair.guest.touch(80);
        pair.guest.dirty(random.nextInt(12) == 0 ? 150 : 3);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, OFF",
        "0, 2, LZ4",
        "64, 1, AUTO",
        "64, 2, LZ4",
        "64, 3, OFF",
        "1024, 4, AUTO",
        "16384, 1, OFF",
        "16384, 2, LZ4",
        "16384, 4, AUTO"
    })
    void theStandbyHasWhatThePrimaryHad(long cachePages, int inFlight, Compression compression) throws Exception {
        try (TestPair pair = pair(settings(64 * MIB, cachePages * PAGE, compression), 30 + inFlight)) {
            Random random = new Random(cachePages + inFlight);
            OutgoingSession session = pair.openAndSync();
            for (int epoch = 1; epoch <= 60; epoch++) {
                work(pair, random);
                session.checkpoint(epoch, pair.guest, pair.tap);
                pair.awaitCommitted(epoch - inFlight + 1);
            }
            pair.awaitCommitted(60);
            assertThat(pair.standby.session().seal().orElseThrow().epoch()).isEqualTo(60);
            assertThat(wrong).isEmpty();
            TransferVolume volume = session.status().volume();
            TransferVolume received = pair.standby.session().status().volume();
            assertThat(received.bytes()).isEqualTo(volume.bytes());
            assertThat(received.rawBytes()).isEqualTo(volume.rawBytes());
            assertThat(received.deltaPages()).isEqualTo(volume.deltaPages());
            assertThat(volume.deltaPages() > 0).isEqualTo(cachePages > 0);
            if (compression != Compression.AUTO) {
                assertThat(volume.packing()).isEqualToIgnoringCase(compression.name());
            }
            if (cachePages > 1000) {
                assertThat(volume.bytes()).isLessThan(volume.rawBytes() / 2);
            }
        }
    }

    @Test
    void aCheckpointThatIsSentInPartsDuringThePause() throws Exception {
        try (TestPair pair = pair(settings(MIB, 64 * MIB), 40)) {
            OutgoingSession session = pair.openAndSync();
            for (int epoch = 1; epoch <= 20; epoch++) {
                pair.guest.touch(80);
                pair.guest.dirty(epoch % 4 == 0 ? 1000 : 3);
                session.checkpoint(epoch, pair.guest, pair.tap);
            }
            pair.awaitCommitted(20);
            assertThat(pair.standby.session().seal()).isPresent();
            assertThat(wrong).isEmpty();
            assertThat(session.status().volume().deltaPages()).isPositive();
        }
    }

    @Test
    void nothingThatWasKnownOfTheImageOutlivesASession() throws Exception {
        try (TestPair pair = pair(settings(64 * MIB, 16 * MIB), 50)) {
            Random random = new Random(50);
            for (int round = 0; round < 12; round++) {
                pausesBefore.set(pair.guest.pauses());
                pair.committed.set(0);
                OutgoingSession session = pair.openAndSync();
                pair.link.breakAfter(pair.link.written() + 200_000 + random.nextInt(2 << 20));
                assertThatThrownBy(() -> {
                            for (int epoch = 1; ; epoch++) {
                                work(pair, random);
                                session.checkpoint(epoch, pair.guest, pair.tap);
                                pair.awaitCommitted(epoch - random.nextInt(4));
                            }
                        })
                        .isInstanceOf(IOException.class);
                Optional<CommittedCheckpoint> last = pair.standby.session().seal();
                if (last.isPresent()) {
                    compare(pair, last.get());
                }
                session.close();
                assertThat(wrong).isEmpty();
            }
        }
    }

    @Test
    void aFailedPauseIsTheEndOfWhatIsKnown() throws Exception {
        try (TestPair pair = pair(settings(64 * MIB, 16 * MIB), 60)) {
            for (int round = 0; round < 3; round++) {
                pausesBefore.set(pair.guest.pauses());
                pair.committed.set(0);
                OutgoingSession session = pair.openAndSync();
                for (int epoch = 1; epoch <= 5; epoch++) {
                    work(pair, new Random(epoch));
                    session.checkpoint(epoch, pair.guest, pair.tap);
                }
                Awaitility.await().until(() -> pair.committed.get() == 5);
                work(pair, new Random(6));
                pair.guest.failNextSave();
                assertThatThrownBy(() -> session.checkpoint(6, pair.guest, pair.tap))
                        .isInstanceOf(IOException.class);
                session.close();
                assertThat(pair.standby.session().seal().orElseThrow().epoch()).isEqualTo(5);
                assertThat(wrong).isEmpty();
            }
        }
    }
}
