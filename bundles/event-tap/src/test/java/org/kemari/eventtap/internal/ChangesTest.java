package org.kemari.eventtap.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.kemari.eventtap.internal.HoldTest.TIMEOUT;
import static org.kemari.eventtap.internal.HoldTest.awaitHeld;
import static org.kemari.eventtap.internal.HoldTest.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.domain.DomainPaths;
import org.kemari.api.tap.TapSnapshot;
import org.kemari.linux.BlockFile;
import org.kemari.linux.ChangeLog;

/** The change logs that a tap keeps. Extents are of 64 KiB: 128 sectors. */
class ChangesTest {
    private static final int SECTORS = ChangeLog.EXTENT_BYTES / 512;

    @TempDir
    Path directory;

    private static DomainPaths paths(Path directory) {
        return DomainPaths.of(directory.resolve("run"), directory.resolve("state"), directory.resolve("ram"), "web");
    }

    private static BlockFile.Identity disk(DomainPaths paths) throws IOException {
        return Bench.disk(paths.ramFile().getParent().getParent());
    }

    private static ChangeLog log(DomainPaths paths, String peer) throws IOException {
        return ChangeLog.open(paths.changeLog("root", peer), disk(paths));
    }

    private static Path older(DomainPaths paths, String peer, boolean primary) throws IOException {
        Files.createDirectories(paths.stateDirectory());
        Path path = paths.changeLog("root", peer);
        ChangeLog log = ChangeLog.create(path, peer, 5, primary, disk(paths));
        log.publish();
        log.close();
        return path;
    }

    @Test
    void logsThatAreFoundGoOn() throws IOException {
        older(paths(directory), "west", true);
        older(paths(directory), "north", false);
        Path garbage = Files.write(paths(directory).changeLog("root", "south"), new byte[10]);
        try (Bench bench = new Bench(directory).booted();
                ChangeLog west = log(bench.paths, "west");
                ChangeLog north = log(bench.paths, "north")) {
            assertThat(garbage).doesNotExist();
            assertThat(west.isFaithful())
                    .as("the guest runs outside of the session")
                    .isFalse();
            assertThat(west.isComplete()).isTrue();
            assertThat(north.isFaithful()).isFalse();
            assertThat(north.isComplete()).isFalse();
            bench.disk.status(bench.disk.write(0, 3 * SECTORS - 1, Bench.pattern(1, 1024)));
            bench.disk.status(bench.disk.read(0, 9 * SECTORS, 1024));
            bench.disk.status(bench.disk.ranges(0, GuestDisk.DISCARD, 5 * SECTORS, 1, 0));
            bench.disk.status(bench.disk.ranges(0, GuestDisk.WRITE_ZEROES, 7 * SECTORS, SECTORS + 1, 0));
            assertThat(west.word(0)).isEqualTo(0b1_1010_1100);
            assertThat(north.word(0)).isEqualTo(0b1_1010_1100);
        }
    }

    @Test
    void aNewLogHasWhatIsPendingAndWhatIsTakenLater() throws IOException {
        older(paths(directory), "west", true);
        try (Bench bench = new Bench(directory).booted()) {
            bench.disk.status(bench.disk.write(0, 0, Bench.pattern(1, 512)));
            bench.tap.hold(TIMEOUT);
            bench.disk.write(0, 2 * SECTORS, Bench.pattern(2, 512));
            awaitHeld(bench, 1);
            bench.tap.logChanges("west", 42);
            try (ChangeLog log = log(bench.paths, "west")) {
                assertThat(log.session()).isEqualTo(42);
                assertThat(log.wasPrimary()).isTrue();
                assertThat(log.isFaithful()).isTrue();
                assertThat(log.isComplete()).isTrue();
                assertThat(log.word(0)).isEqualTo(0b100);
                bench.disk.write(0, 4 * SECTORS, Bench.pattern(3, 512));
                awaitHeld(bench, 2);
                assertThat(log.word(0)).as("marked when it is taken").isEqualTo(0b1_0100);
                checkpoint(bench, 1);
                bench.tap.release(1);
                awaitHeld(bench, 0);
            }
            try (ChangeLog log = log(bench.paths, "west")) {
                assertThat(log.isFaithful())
                        .as("what is released was committed")
                        .isTrue();
            }
        }
    }

    @Test
    void nothingIsWrittenOutsideOfTheSessionBeforeThatIsNoted() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            for (int session = 1; session < 20; session++) {
                bench.tap.hold(TIMEOUT);
                bench.tap.logChanges("west", session);
                GuestDisk.Sent held = bench.disk.write(0, 8, Bench.pattern(session, 512));
                awaitHeld(bench, 1);
                bench.tap.passThrough();
                assertThat(bench.disk.status(held)).isZero();
                try (ChangeLog log = log(bench.paths, "west")) {
                    assertThat(log.isFaithful()).isFalse();
                    assertThat(log.isComplete()).isTrue();
                }
            }
        }
    }

    @Test
    void aTakeoverGoesOnWithTheStandbysLog() throws IOException {
        try (Bench east = new Bench(directory.resolve("east")).booted();
                Bench west = new Bench(directory.resolve("west"), 1, false, true)) {
            west.front.connect();
            west.makeRings(Bench.FEATURES);
            east.tap.hold(TIMEOUT);
            GuestDisk.Sent sent = east.disk.write(0, 3 * SECTORS, Bench.pattern(1, 512));
            awaitHeld(east, 1);
            east.tap.prepare(1);
            List<Integer> bases = east.front.stop();
            east.front.copyMemoryTo(west.front);
            west.front.bases.clear();
            west.front.bases.addAll(bases);
            east.front.start(east.front.features);
            TapSnapshot snapshot = east.tap.snapshot(TIMEOUT);
            // made by state transfer while this host was the standby
            older(west.paths, "east", false);
            west.tap.restore(snapshot);
            west.front.start(Bench.FEATURES);
            await().atMost(Duration.ofSeconds(5))
                    .until(() -> west.front.ram.getByte(west.front.at(sent.status())) == 0);
            try (ChangeLog log = log(west.paths, "east")) {
                assertThat(log.isComplete()).isTrue();
                assertThat(log.isFaithful()).isFalse();
                assertThat(log.word(0)).isEqualTo(0b1000);
            }
        }
    }

    @Test
    void aReadOnlyDiskNeedsNoLog() throws IOException {
        try (Bench bench = new Bench(directory, 1, true)) {
            bench.tap.hold(TIMEOUT);
            bench.tap.logChanges("west", 1);
            assertThat(bench.paths.changeLog("root", "west")).doesNotExist();
        }
    }
}
