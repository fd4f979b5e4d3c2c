package org.kemari.statetransfer.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.transfer.CheckpointReport;
import org.kemari.api.transfer.CommittedCheckpoint;
import org.kemari.api.transfer.Farewell;
import org.kemari.api.transfer.OutgoingSession;
import org.kemari.api.transfer.RefusedException;
import org.kemari.api.transfer.TransferStatus;

@Timeout(60)
class TransferTest {
    private static final long MIB = 1 << 20;
    private static final TransferSettings SETTINGS = TransferSettings.DEFAULT;

    @Test
    void imageAndDisksAreIdenticalAfterCheckpointsUnderLoad() throws Exception {
        try (TestPair pair = new TestPair(16 * MIB, 3 * MIB + 512, SETTINGS, 1)) {
            pair.guest.run();
            OutgoingSession session = pair.openAndSync();
            assertThat(pair.tap.isTracking()).isFalse();
            int epochs = 30;
            for (int epoch = 1; epoch <= epochs; epoch++) {
                if (epoch % 3 == 0) {
                    pair.tap.diverge("disk0");
                }
                if (epoch % 2 == 0) {
                    pair.tap.runAhead("disk0", 20);
                }
                CheckpointReport report = session.checkpoint(epoch, pair.guest, pair.tap);
                assertThat(report.pauseNanos()).isPositive();
                pair.awaitCommitted(epoch);
            }
            assertThat(pair.committed).hasValue(epochs);
            Optional<CommittedCheckpoint> last = pair.standby.session().seal();
            assertIsCheckpoint(pair, last, epochs);
            assertThat(last.orElseThrow().flushed()).containsExactly("disk0");
            assertThat(pair.disksEqual()).isTrue();
            TransferStatus sent = session.status();
            assertThat(sent.checkpoints()).isEqualTo(epochs);
            assertThat(sent.pages()).isPositive();
            assertThat(sent.commit().count()).isEqualTo(epochs);
            assertThat(sent.capture()).isEqualTo("compare");
            assertThat(session.progress().phase()).isEqualTo("done");
            TransferStatus received = pair.standby.session().status();
            assertThat(received.appliedEpoch()).isEqualTo(epochs);
            assertThat(received.apply().count()).isEqualTo(epochs);
            Awaitility.await().until(() -> pair.standby.session().status().stagingBytes() == 0);
            assertThat(received.pages()).isEqualTo(sent.pages());
            assertThat(received.bytes()).isEqualTo(sent.bytes());
            assertThat(received.volume()).isEqualTo(sent.volume());
            assertThat(sent.volume().checkpoints()).isEqualTo(epochs);
            assertThat(sent.volume().zeroPages()).isPositive();
            assertThat(sent.volume().rawBytes()).isGreaterThan(sent.pages() * 4096);
        }
    }

    @Test
    void aCheckpointLargerThanTheCaptureBufferIsSentInParts() throws Exception {
        TransferSettings small = new TransferSettings(
                0,
                MIB,
                SETTINGS.connectTimeout(),
                SETTINGS.handshakeTimeout(),
                SETTINGS.tapTimeout(),
                SETTINGS.syncTimeout(),
                SETTINGS.commitTimeout(),
                SETTINGS.deltaCacheBytes(),
                SETTINGS.compression());
        try (TestPair pair = new TestPair(32 * MIB, MIB, small, 2)) {
            OutgoingSession session = pair.openAndSync();
            for (int epoch = 1; epoch <= 4; epoch++) {
                pair.guest.dirty(4000);
                CheckpointReport report = session.checkpoint(epoch, pair.guest, pair.tap);
                assertThat(report.pages()).isGreaterThan(1000);
                pair.awaitCommitted(epoch);
            }
            assertIsCheckpoint(pair, pair.standby.session().seal(), 4);
        }
    }

    @Test
    void aBrokenLinkLeavesExactlyOneCommittedCheckpoint() throws Exception {
        Random random = new Random(3);
        int withImage = 0;
        for (int round = 0; round < 25; round++) {
            try (TestPair pair = new TestPair(4 * MIB, MIB, SETTINGS, 100 + round)) {
                pair.guest.burst(20);
                pair.guest.run();
                OutgoingSession session = pair.openAndSync();
                pair.link.breakAfter(pair.link.written() + random.nextInt(4 << 20));
                assertThatThrownBy(() -> {
                            for (int epoch = 1; ; epoch++) {
                                session.checkpoint(epoch, pair.guest, pair.tap);
                                if (random.nextInt(3) == 0) {
                                    pair.awaitCommitted(epoch);
                                }
                            }
                        })
                        .isInstanceOf(IOException.class);
                assertThat(pair.guest.isPaused()).isFalse();
                Optional<CommittedCheckpoint> last = pair.standby.session().seal();
                assertThat(pair.ended.await(10, TimeUnit.SECONDS)).isTrue();
                assertThat(last.map(CommittedCheckpoint::epoch).orElse(0L))
                        .isGreaterThanOrEqualTo(pair.committed.get());
                if (last.isPresent()) {
                    withImage++;
                    assertIsCheckpoint(pair, last, last.get().epoch());
                }
            }
        }
        assertThat(withImage).isGreaterThan(10);
    }

    @Test
    void sealingAtAnyMomentLeavesExactlyOneCommittedCheckpoint() throws Exception {
        Random random = new Random(4);
        for (int round = 0; round < 15; round++) {
            try (TestPair pair = new TestPair(4 * MIB, MIB, SETTINGS, 200 + round)) {
                pair.guest.burst(20);
                pair.guest.run();
                OutgoingSession session = pair.openAndSync();
                Thread primary = new Thread(() -> {
                    try {
                        for (int epoch = 1; ; epoch++) {
                            session.checkpoint(epoch, pair.guest, pair.tap);
                        }
                    } catch (IOException e) {
                        assertThat(e).isNotNull();
                    }
                });
                primary.start();
                long stopAt = random.nextInt(20);
                while (pair.committed.get() < stopAt) {
                    Thread.onSpinWait();
                }
                Optional<CommittedCheckpoint> last = pair.standby.session().seal();
                long image = pair.imageChecksum();
                primary.join();
                assertThat(pair.ended.await(10, TimeUnit.SECONDS)).isTrue();
                assertThat(pair.imageChecksum()).isEqualTo(image);
                assertThat(last.map(CommittedCheckpoint::epoch).orElse(0L))
                        .isGreaterThanOrEqualTo(pair.committed.get());
                if (last.isPresent()) {
                    assertIsCheckpoint(pair, last, last.get().epoch());
                }
                pair.standby.awaitEnded();
                assertThat(pair.standby.last()).contains("ended: sealed by this host");
            }
        }
    }

    @Test
    void aDamagedByteEndsTheSessionAtTheCheckpointBefore() throws Exception {
        Random random = new Random(5);
        for (int round = 0; round < 10; round++) {
            try (TestPair pair = new TestPair(4 * MIB, MIB, SETTINGS, 300 + round)) {
                OutgoingSession session = pair.openAndSync();
                session.checkpoint(1, pair.guest, pair.tap);
                pair.awaitCommitted(1);
                pair.guest.dirty(200);
                pair.link.damageAt(pair.link.written() + random.nextInt(400_000));
                try {
                    session.checkpoint(2, pair.guest, pair.tap);
                } catch (IOException e) {
                    assertThat(e).isNotNull();
                }
                assertThat(pair.ended.await(10, TimeUnit.SECONDS)).isTrue();
                assertThat(pair.committed).hasValue(1);
                assertIsCheckpoint(pair, pair.standby.session().seal(), 1);
            }
        }
    }

    @Test
    void whatThePrimarySaysArrivesInOrder() throws Exception {
        try (TestPair pair = new TestPair(4 * MIB, MIB, SETTINGS, 6)) {
            OutgoingSession session = pair.openAndSync();
            session.checkpoint(1, pair.guest, pair.tap);
            session.sendJoined(OwnershipRecord.first("web", "east").joined("west", TestPair.SESSION));
            session.checkpoint(2, pair.guest, pair.tap);
            session.sendFarewell(Farewell.HYPERVISOR_FAILED, "killed");
            session.close();
            pair.standby.awaitEnded();
            assertThat(pair.standby.told())
                    .containsExactly(
                            "joined 1 after 1",
                            "HYPERVISOR_FAILED killed",
                            "ended: the primary said good-bye (HYPERVISOR_FAILED): killed");
            assertIsCheckpoint(pair, pair.standby.session().seal(), 2);
            assertThat(pair.committed).hasValue(2);
        }
    }

    @Test
    void aFailedPauseLeavesTheGuestRunningAndTheTapCancelled() throws Exception {
        try (TestPair pair = new TestPair(4 * MIB, MIB, SETTINGS, 7)) {
            OutgoingSession session = pair.openAndSync();
            session.checkpoint(1, pair.guest, pair.tap);
            pair.awaitCommitted(1);
            pair.guest.failNextSave();
            assertThatThrownBy(() -> session.checkpoint(2, pair.guest, pair.tap))
                    .hasMessageContaining("the save fails");
            assertThat(pair.guest.isPaused()).isFalse();
            assertThat(pair.tap.cancelled()).isEqualTo(1);
            assertThatThrownBy(() -> session.checkpoint(3, pair.guest, pair.tap))
                    .hasMessageContaining("is over");
            session.sendFarewell(Farewell.UNPROTECTED, "it failed");
            pair.standby.awaitEnded();
            assertThat(pair.standby.told().get(0)).isEqualTo("UNPROTECTED it failed");
        }
        try (TestPair pair = new TestPair(4 * MIB, MIB, SETTINGS, 8)) {
            OutgoingSession session = pair.openAndSync();
            pair.guest.failNextPause();
            assertThatThrownBy(() -> session.checkpoint(1, pair.guest, pair.tap))
                    .hasMessageContaining("the pause fails");
            assertThat(pair.tap.cancelled()).isEqualTo(1);
        }
    }

    @Test
    void aStandbyThatCannotApplyGivesUpItsImage() throws Exception {
        try (TestPair pair = new TestPair(4 * MIB, MIB, SETTINGS, 9)) {
            pair.standby.failAt(2);
            OutgoingSession session = pair.openAndSync();
            session.checkpoint(1, pair.guest, pair.tap);
            session.checkpoint(2, pair.guest, pair.tap);
            assertThat(pair.ended.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(pair.endReason.get()).contains("could not be applied");
            pair.standby.awaitEnded();
            assertThat(pair.standby.last().orElseThrow()).contains("the disk is broken");
            // before the end, which alone would be a reason to take over
            assertThat(pair.standby.told()).anyMatch(said -> said.startsWith("image lost: "));
            assertThat(pair.standby.told().get(pair.standby.told().size() - 2)).startsWith("image lost: ");
            assertThat(pair.standby.session().seal()).isEmpty();
        }
    }

    @Test
    void abandoningEndsBothSides() throws Exception {
        try (TestPair pair = new TestPair(4 * MIB, MIB, SETTINGS, 10)) {
            OutgoingSession session = pair.openAndSync();
            session.checkpoint(1, pair.guest, pair.tap);
            pair.awaitCommitted(1);
            pair.standby.session().abandon("the operator wants the memory back");
            assertThat(pair.ended.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(pair.endReason.get()).contains("the operator wants the memory back");
            pair.standby.awaitEnded();
            assertThat(pair.standby.session().seal()).isEmpty();
            assertThatThrownBy(() -> session.checkpoint(2, pair.guest, pair.tap))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void offersAreRefusedWithTheReason() throws Exception {
        try (TestPair pair = new TestPair(4 * MIB, MIB, SETTINGS, 11)) {
            pair.standby.refuse("the standby has 2 MiB, the domain needs 4 MiB");
            assertThatThrownBy(pair::open)
                    .isInstanceOf(RefusedException.class)
                    .hasMessage("the standby has 2 MiB, the domain needs 4 MiB");
            pair.gateIsAway();
            assertThatThrownBy(pair::open).isInstanceOf(RefusedException.class).hasMessageContaining("not ready");
        }
        try (TestPair pair = new TestPair(4 * MIB, MIB, SETTINGS, 12)) {
            try (FileChannel disk = FileChannel.open(pair.west.disks().get(0).path(), StandardOpenOption.WRITE)) {
                disk.truncate(MIB / 2);
            }
            assertThatThrownBy(pair::open).isInstanceOf(RefusedException.class).hasMessageContaining("disk disk0");
            pair.standby.awaitEnded();
        }
        try (TestPair pair = new TestPair(4 * MIB, MIB, SETTINGS, 13)) {
            try (FileChannel ram = FileChannel.open(pair.westPaths.ramFile(), StandardOpenOption.WRITE)) {
                ram.truncate(MIB);
            }
            assertThatThrownBy(pair::open).isInstanceOf(RefusedException.class).hasMessageContaining("RAM file");
        }
    }

    @Test
    void aCheckpointBeyondTheStandbysStagingIsRefused() throws Exception {
        TransferSettings small = new TransferSettings(
                48 * MIB,
                64 * MIB,
                SETTINGS.connectTimeout(),
                SETTINGS.handshakeTimeout(),
                SETTINGS.tapTimeout(),
                SETTINGS.syncTimeout(),
                SETTINGS.commitTimeout(),
                SETTINGS.deltaCacheBytes(),
                SETTINGS.compression());
        try (TestPair pair = new TestPair(64 * MIB, MIB, small, 14)) {
            OutgoingSession session = pair.openAndSync();
            session.checkpoint(1, pair.guest, pair.tap);
            pair.awaitCommitted(1);
            pair.guest.dirty(60_000);
            assertThatThrownBy(() -> session.checkpoint(2, pair.guest, pair.tap))
                    .hasMessageContaining("staging memory on the standby");
            assertThat(pair.guest.isPaused()).isFalse();
            session.close();
            assertIsCheckpoint(pair, pair.standby.session().seal(), 1);
        }
    }

    @Test
    void closingDuringTheSyncEndsIt() throws Exception {
        try (TestPair pair = new TestPair(16 * MIB, MIB, SETTINGS, 15)) {
            OutgoingSession session = pair.open();
            assertThatThrownBy(() -> session.syncLive(pair.tap, progress -> session.close()))
                    .isInstanceOf(IOException.class);
            assertThat(pair.ended.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(pair.endReason.get()).isEqualTo("closed by this host");
            pair.standby.awaitEnded();
            assertThat(pair.standby.session().seal()).isEmpty();
        }
    }

    private static void assertIsCheckpoint(TestPair pair, Optional<CommittedCheckpoint> last, long epoch)
            throws IOException {
        assertThat(last).isPresent();
        CommittedCheckpoint checkpoint = last.orElseThrow();
        assertThat(checkpoint.epoch()).isEqualTo(epoch);
        assertThat(checkpoint.session()).isEqualTo(TestPair.SESSION);
        assertThat(checkpoint.rings()).isEqualTo(TestTap.snapshotOf(epoch, pair.memoryBytes));
        assertThat(checkpoint.deviceState()).isEqualTo(ByteBuffer.wrap(TestGuest.stateOf(epoch)));
        assertThat(pair.imageChecksum()).isEqualTo(pair.guest.memoryAt(epoch));
        assertThat(pair.standby.applied()).last().isEqualTo(epoch);
    }
}
