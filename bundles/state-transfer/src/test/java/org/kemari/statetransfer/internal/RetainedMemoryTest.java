package org.kemari.statetransfer.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kemari.api.transfer.CommittedCheckpoint;
import org.kemari.api.transfer.ImageId;
import org.kemari.api.transfer.OutgoingSession;
import org.kemari.linux.PageCapture;

/** After a switchover the old primary's memory is the beginning of the new standby's: real processes, real tracking. */
@Timeout(60)
class RetainedMemoryTest {
    private static final long MEMORY = 32 << 20;
    /** A full copy of what {@link #begin} writes is far above this. */
    private static final long FEW_BYTES = 6 << 20;

    private final Random random = new Random(42);
    private Path root;
    private TestHost primary;
    private TestHost standby;
    private OutgoingSession session;
    private long number;
    private long epoch;
    private Optional<ImageId> resumedFrom = Optional.empty();

    @BeforeEach
    void begin() throws Exception {
        root = Files.createTempDirectory(Path.of("/dev/shm"), "kemari-retained-test");
        primary = new TestHost(root, "east", MEMORY, 1);
        standby = new TestHost(root, "west", MEMORY, 2);
        primary.peer(standby);
        standby.peer(primary);
        primary.start(false);
        assumeTrue(PageCapture.isSupported(primary.process.pid()), "needs PAGEMAP_SCAN (Linux 6.7)");
        for (int page = 0; page < MEMORY / 4096 / 2; page++) {
            primary.process.write(page, 1 + page % 100);
        }
    }

    @AfterEach
    void end() throws IOException {
        primary.close();
        standby.close();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** A new session, synced, with some checkpoints; returns the bytes that it took until the first one was committed. */
    private long protect() throws Exception {
        session = primary.open(++number, resumedFrom);
        primary.work(random, 20);
        primary.sync(session);
        long bytes = session.status().bytes();
        for (epoch = 1; epoch < 3; ) {
            primary.work(random, random.nextInt(60));
            session.checkpoint(++epoch, primary.process, primary.tap);
        }
        primary.awaitCommitted(epoch);
        return bytes;
    }

    /** The standby takes over from the last checkpoint, the old primary becomes its standby. */
    private boolean switchOver() throws Exception {
        ImageId image = new ImageId(number, epoch);
        primary.work(random, 30); // not in any checkpoint
        CommittedCheckpoint last = standby.standby.session().seal().orElseThrow();
        assertThat(last.epoch()).isEqualTo(epoch);
        standby.tap.passThrough();
        standby.work(random, 40);
        boolean kept = session.retain(epoch);
        session.close();
        primary.process.retire();
        primary.start(true);
        for (int i = 0; i < 10; i++) {
            primary.process.write(random.nextInt((int) (MEMORY / 4096)), 200); // as the firmware at its reset
        }
        primary.standby.retains(image, primary.process.pid());
        TestHost newStandby = primary;
        primary = standby;
        standby = newStandby;
        resumedFrom = Optional.of(image);
        return kept;
    }

    private void assertEqualMemory() throws Exception {
        assertThat(standby.standby.session().seal().orElseThrow().epoch()).isEqualTo(epoch);
        assertThat(Files.mismatch(primary.paths.ramFile(), standby.paths.ramFile()))
                .isEqualTo(-1);
    }

    @Test
    void onlyChangesTravelAndTheMemoriesAreEqualTenTimesInARow() throws Exception {
        standby.start(true);
        assertThat(protect()).isGreaterThan(2 * FEW_BYTES);
        for (int round = 0; round < 10; round++) {
            assertThat(switchOver()).isTrue();
            assertThat(protect()).as("round %s", round).isLessThan(FEW_BYTES);
            assertThat(standby.paths.retainedImage()).doesNotExist();
        }
        assertEqualMemory();
    }

    @Test
    void eachSingleSwitchoverLeavesEqualMemories() throws Exception {
        standby.start(true);
        protect();
        assertThat(switchOver()).isTrue();
        assertThat(protect()).isLessThan(FEW_BYTES);
        assertEqualMemory();
    }

    @Test
    void aLostNoteMeansAFullCopy() throws Exception {
        standby.start(true);
        protect();
        assertThat(switchOver()).isTrue();
        Files.delete(standby.paths.retainedImage());
        assertThat(protect()).isGreaterThan(2 * FEW_BYTES);
        assertEqualMemory();
    }

    @Test
    void aDamagedNoteMeansAFullCopy() throws Exception {
        standby.start(true);
        protect();
        assertThat(switchOver()).isTrue();
        byte[] note = Files.readAllBytes(standby.paths.retainedImage());
        note[100] ^= 4;
        Files.write(standby.paths.retainedImage(), note, StandardOpenOption.TRUNCATE_EXISTING);
        assertThat(protect()).isGreaterThan(2 * FEW_BYTES);
        assertEqualMemory();
    }

    @Test
    void anotherImageMeansAFullCopy() throws Exception {
        standby.start(true);
        protect();
        assertThat(switchOver()).isTrue();
        resumedFrom = Optional.of(new ImageId(number, epoch - 1));
        assertThat(protect()).isGreaterThan(2 * FEW_BYTES);
        assertEqualMemory();
    }

    @Test
    void aPrimaryThatWasNotTrackedFromItsStartSendsAll() throws Exception {
        standby.start(false);
        protect();
        assertThat(switchOver()).isTrue();
        assertThat(protect()).isGreaterThan(2 * FEW_BYTES);
        assertEqualMemory();
    }

    @Test
    void aSecondAttemptSendsAll() throws Exception {
        standby.start(true);
        protect();
        assertThat(switchOver()).isTrue();
        OutgoingSession first = primary.open(++number, resumedFrom);
        first.syncLive(primary.tap, progress -> {});
        first.close();
        standby.standby.awaitEnded();
        assertThat(standby.paths.retainedImage()).doesNotExist();
        assertThat(protect()).isGreaterThan(2 * FEW_BYTES);
        assertEqualMemory();
    }

    @Test
    void onlyTheLastCheckpointCanBeRetained() throws Exception {
        standby.start(true);
        protect();
        assertThat(session.retain(epoch - 1)).isFalse();
        assertThat(primary.paths.retainedImage()).doesNotExist();
        standby.standby.session().seal();
        assertThat(session.retain(epoch)).as("also when the link is gone").isTrue();
        session.close();
        assertThat(session.retain(epoch)).isFalse();
    }

    @Test
    void whatIsWrittenByADeadProcessIsUnknown() throws Exception {
        standby.start(true);
        protect();
        primary.process.destroy();
        assertThat(session.retain(epoch)).isFalse();
    }
}
