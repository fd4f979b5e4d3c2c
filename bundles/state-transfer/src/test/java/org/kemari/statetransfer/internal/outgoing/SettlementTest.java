package org.kemari.statetransfer.internal.outgoing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.domain.DomainPaths;
import org.kemari.api.tap.DeviceKind;
import org.kemari.api.tap.DeviceSnapshot;
import org.kemari.api.tap.InFlight;
import org.kemari.api.tap.MemoryRegion;
import org.kemari.api.tap.RingSnapshot;
import org.kemari.api.tap.TapSnapshot;
import org.kemari.api.transfer.DomainIdentity;
import org.kemari.linux.BlockFile;
import org.kemari.linux.ChangeLog;
import org.kemari.statetransfer.internal.TestLink;
import org.kemari.statetransfer.internal.wire.FrameHeader;
import org.kemari.statetransfer.internal.wire.FrameReader;
import org.kemari.statetransfer.internal.wire.FrameWriter;

/** When marks of the primary's change log are dropped: when both hosts have all that they stand for, and not before. */
@Timeout(20)
class SettlementTest {
    private static final long DISK = 1 << 20;
    private static final long SESSION = 7;
    private static final long INTERVAL = 1000;

    @TempDir
    Path directory;

    private TestLink[] ends;
    private FrameReader reader;
    private DiskSource disk;
    private ChangeLog log;
    private Settlement settlement;
    private long now;

    @BeforeEach
    void begin() throws IOException {
        DomainPaths paths = DomainPaths.of(directory, directory, directory, "web");
        Files.createDirectories(paths.stateDirectory());
        Path file = Files.write(directory.resolve("disk"), new byte[(int) DISK]);
        try (BlockFile copy = BlockFile.open(file, true)) {
            log = ChangeLog.create(paths.changeLog("disk0", "west"), "west", SESSION, true, copy.identity());
        }
        log.publish();
        disk = DiskSource.open(0, new DomainIdentity.Disk("disk0", DISK, "mirrored", false, 1), file, paths, "west");
        ends = TestLink.pair();
        reader = new FrameReader(ends[1], SESSION);
        settlement =
                new Settlement("web", SESSION, List.of(disk), new FrameWriter(ends[0], SESSION), INTERVAL, () -> now);
    }

    @AfterEach
    void end() {
        ends[0].close();
        ends[1].close();
        disk.close();
        log.close();
    }

    private static TapSnapshot rings(long incarnation, long... inFlight) {
        List<InFlight> requests = Arrays.stream(inFlight)
                .mapToObj(number -> new InFlight(0, number))
                .toList();
        RingSnapshot ring = new RingSnapshot(0, 128, 0x1000, 0x2000, 0x3000, 0, 0, requests);
        return new TapSnapshot(
                List.of(new MemoryRegion(0, DISK, 0)),
                List.of(new DeviceSnapshot("disk0", DeviceKind.BLOCK, 0, incarnation, List.of(ring))));
    }

    private void checkpoint(long epoch, TapSnapshot rings) throws IOException {
        settlement.beforeCheckpoint(epoch);
        settlement.afterCheckpoint(epoch, rings);
    }

    /** What has been said, as {@code SETTLE 3}. */
    private String said() throws IOException {
        FrameHeader header = reader.readHeader();
        reader.readPayload(header, ByteBuffer.allocate(header.length()));
        return header.type() + " " + header.epoch();
    }

    /** Takes checkpoints until the disks have been flushed and that has been said. */
    private List<String> settleHere(long fromEpoch, long incarnation) throws IOException {
        List<String> frames = new ArrayList<>();
        Thread listener = new Thread(() -> {
            try {
                frames.add(said());
            } catch (IOException e) {
                frames.add(e.toString());
            }
        });
        listener.start();
        long[] epoch = {fromEpoch};
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> {
                    settlement.afterCheckpoint(epoch[0]++, rings(incarnation));
                    return !listener.isAlive();
                });
        return frames;
    }

    @Test
    void marksAreDroppedWhenBothHostsAreThere() throws IOException {
        log.mark(0, 1);
        checkpoint(1, rings(1, 5));
        assertThat(log.swap()).as("it is not time yet").isTrue();
        log.settle();
        log.mark(0, 1);
        now = INTERVAL;
        checkpoint(2, rings(1, 4, 5));
        assertThat(said()).isEqualTo("SETTLE 2");
        log.mark(ChangeLog.EXTENT_BYTES, 1);
        settlement.settledByStandby(2);
        checkpoint(3, rings(1, 5, 6));
        checkpoint(4, rings(1, 5, 7));
        assertThat(log.word(0))
                .as("a request of epoch 2 is still in flight here")
                .isEqualTo(0b11);
        checkpoint(5, rings(1, 6, 8));
        assertThat(settleHere(6, 1)).containsExactly("SETTLED 2");
        assertThat(log.word(0)).as("what came later stays").isEqualTo(0b10);
    }

    @Test
    void theStandbyIsWaitedFor() throws IOException {
        log.mark(0, 1);
        now = INTERVAL;
        checkpoint(1, rings(1));
        assertThat(said()).isEqualTo("SETTLE 1");
        assertThat(settleHere(2, 1)).containsExactly("SETTLED 1");
        checkpoint(50, rings(1));
        assertThat(log.word(0)).isEqualTo(1);
        settlement.settledByStandby(1);
        checkpoint(51, rings(1));
        assertThat(log.word(0)).isZero();
    }

    @Test
    void aResetPutsItOffToTheCheckpointThatCarriesTheRepairs() throws IOException {
        log.mark(0, 1);
        now = INTERVAL;
        checkpoint(1, rings(1, 5));
        assertThat(said()).isEqualTo("SETTLE 1");
        settlement.settledByStandby(1);
        // request 5 was dropped here; the standby has executed it
        checkpoint(2, rings(2, 1));
        assertThat(said()).isEqualTo("SETTLE 2");
        checkpoint(3, rings(2));
        assertThat(settleHere(4, 2)).containsExactly("SETTLED 2");
        checkpoint(60, rings(2));
        assertThat(log.word(0)).isEqualTo(1);
        settlement.settledByStandby(2);
        checkpoint(61, rings(2));
        assertThat(log.word(0)).isZero();
    }

    @Test
    void nothingIsSettledOutsideOfTheSession() throws IOException {
        log.diverge();
        log.mark(0, 1);
        now = INTERVAL;
        checkpoint(1, rings(1));
        now = 2 * INTERVAL;
        checkpoint(2, rings(1));
        assertThat(log.word(0)).isEqualTo(1);
        assertThat(log.swap()).as("nothing was set apart").isTrue();
    }
}
