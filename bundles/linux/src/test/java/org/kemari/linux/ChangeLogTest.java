package org.kemari.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChangeLogTest {
    private static final long EXTENT = ChangeLog.EXTENT_BYTES;
    private static final long DISK = 1000 * EXTENT + 512;
    private static final BlockFile.Identity COPY = new BlockFile.Identity(DISK, 5);

    @TempDir
    Path directory;

    Path file;

    @BeforeEach
    void place() {
        file = directory.resolve("root.west.changes");
    }

    private ChangeLog fresh(long session, boolean primary) throws IOException {
        ChangeLog log = ChangeLog.create(file, "west", session, primary, COPY);
        log.publish();
        log.persist();
        return log;
    }

    private static long count(ChangeLog log) {
        return log.markedBytes() / EXTENT;
    }

    @Test
    void marksWhatIsTouchedAndNothingElse() throws IOException {
        try (ChangeLog log = fresh(1, true)) {
            assertThat(count(log)).isZero();
            log.mark(0, 0);
            assertThat(count(log)).isZero();
            log.mark(10 * EXTENT - 1, 2);
            log.mark(62 * EXTENT, 5 * EXTENT);
            log.mark(DISK - 1, 1);
            assertThat(log.word(0)).isEqualTo(0b11L << 9 | 0b11L << 62);
            assertThat(log.word(1)).isEqualTo(0b111);
            assertThat(log.word(15)).isEqualTo(1L << 1000 % 64);
            assertThat(count(log)).isEqualTo(8);
            assertThatThrownBy(() -> log.mark(DISK - 1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> log.mark(-1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void isFoundAgainAsItWas() throws IOException {
        try (ChangeLog log = fresh(77, false)) {
            log.mark(5 * EXTENT, 1);
        }
        try (ChangeLog log = ChangeLog.open(file, COPY)) {
            assertThat(log.peer()).isEqualTo("west");
            assertThat(log.session()).isEqualTo(77);
            assertThat(log.wasPrimary()).isFalse();
            assertThat(log.diskBytes()).isEqualTo(DISK);
            assertThat(log.isTrusted()).isTrue();
            assertThat(log.isFaithful()).isTrue();
            assertThat(log.isComplete()).isFalse();
            assertThat(count(log)).isEqualTo(1);
            log.tookOver();
            log.diverge();
        }
        try (ChangeLog log = ChangeLog.open(file, COPY)) {
            assertThat(log.isFaithful()).isFalse();
            assertThat(log.isComplete()).isTrue();
        }
    }

    @Test
    void dropsMarksOnlyWhenSettledAndOnlyThose() throws IOException {
        try (ChangeLog log = fresh(1, true);
                ChangeLog other = ChangeLog.open(file, COPY)) {
            assertThat(log.swap()).as("nothing is marked").isFalse();
            log.mark(0, 1);
            assertThat(other.swap()).isTrue();
            log.mark(EXTENT, 1);
            assertThat(log.swap()).as("the previous marks are not settled").isFalse();
            assertThat(log.word(0)).isEqualTo(0b11);
            other.settle();
            assertThat(log.word(0)).isEqualTo(0b10);
            assertThat(log.swap()).isTrue();
            log.freeze();
            other.settle();
            assertThat(log.word(0)).as("after a failed write").isEqualTo(0b10);
            assertThat(other.swap()).isFalse();
        }
    }

    @Test
    void isTrustedAfterARebootOnlyIfItWasClosedInOrder() throws IOException {
        try (ChangeLog log = fresh(1, true)) {
            log.mark(0, 1);
        }
        try (ChangeLog log = ChangeLog.open(file, COPY, "another")) {
            assertThat(log.isTrusted()).isFalse();
            assertThatThrownBy(log::resume).isInstanceOf(IllegalStateException.class);
        }
        try (ChangeLog log = ChangeLog.open(file, COPY)) {
            log.clean();
        }
        try (ChangeLog log = ChangeLog.open(file, COPY, "another")) {
            assertThat(log.isTrusted()).isTrue();
            log.resume();
            assertThat(count(log)).isEqualTo(1);
        }
        try (ChangeLog log = ChangeLog.open(file, COPY)) {
            assertThat(log.isTrusted()).as("gone on with in the other boot").isFalse();
        }
    }

    @Test
    void tellsWhetherMarksAreEnough() throws IOException {
        try (ChangeLog log = fresh(5, true)) {
            assertThat(log.isAnsweredBy(5, false, false)).isTrue();
            assertThat(log.isAnsweredBy(5, true, true))
                    .as("both were the primary")
                    .isFalse();
            assertThat(log.isAnsweredBy(6, false, true)).as("another base").isFalse();
        }
        try (ChangeLog log = ChangeLog.open(file, COPY, "another")) {
            assertThat(log.isAnsweredBy(5, false, true)).as("by its statement").isTrue();
            assertThat(log.isAnsweredBy(5, false, false)).isFalse();
        }
        try (ChangeLog log = ChangeLog.open(file, COPY)) {
            log.diverge();
        }
        try (ChangeLog log = ChangeLog.open(file, COPY, "another")) {
            assertThat(log.isAnsweredBy(5, false, true))
                    .as("it went its own way")
                    .isFalse();
        }
    }

    @Test
    void aCopyThatRanAheadIsKnownByItsActiveRegionsOnceItsMarksAreLost() throws IOException {
        try (ChangeLog log = fresh(5, true)) {
            ActiveRegions regions = log.runAhead().orElseThrow();
            assertThat(log.runAhead()).contains(regions);
            assertThat(log.isFaithful()).isFalse();
            assertThat(log.isInSession()).isTrue();
            log.mark(20 * EXTENT, 512);
            assertThat(regions.cover(20 * EXTENT, 512)).isFalse();
            regions.want(20 * EXTENT, 512);
            assertThat(regions.areWanted()).isTrue();
            regions.renew();
            assertThat(regions.areWanted()).isFalse();
            assertThat(regions.cover(20 * EXTENT, 512)).isTrue();
            assertThat(regions.cover(16 * EXTENT - 1, 2))
                    .as("of another one, too")
                    .isFalse();
            assertThat(regions.cover(16 * EXTENT - 1, 0)).isTrue();
            regions.want(DISK - 1, 1);
            regions.renew();
            assertThat(log.isAnsweredBy(5, false, false)).as("by its marks").isTrue();
            assertThat(log.additions()[0]).isEqualTo(1L << 20);
        }
        try (ChangeLog log = ChangeLog.open(file, COPY, "another")) {
            assertThat(log.isTrusted()).isFalse();
            assertThat(log.isInSession()).isTrue();
            assertThat(log.isAnsweredBy(5, false, true)).isTrue();
            assertThat(log.isAnsweredBy(5, false, false))
                    .as("what was committed is not known")
                    .isFalse();
            assertThat(log.additions()[0]).isEqualTo(0xffffL << 16);
            assertThat(log.additions()[15]).as("up to the end of the disk").isEqualTo(0x1ffL << 32);
        }
        try (ChangeLog log = ChangeLog.open(file, COPY)) {
            assertThatThrownBy(log::runAhead).isInstanceOf(IllegalStateException.class);
            log.diverge();
            assertThat(log.runAhead()).as("the session is over").isEmpty();
            assertThat(log.isInSession()).isFalse();
        }
        try (ChangeLog log = ChangeLog.open(file, COPY, "another")) {
            assertThat(log.isAnsweredBy(5, false, true))
                    .as("it went its own way")
                    .isFalse();
        }
    }

    @Test
    void regionsThatAreDamagedSayNothing() throws IOException {
        try (ChangeLog log = fresh(5, true)) {
            log.runAhead().orElseThrow();
        }
        byte[] whole = Files.readAllBytes(file);
        for (int at = 4096; at < 3 * 4096; at += 101) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x10;
            Files.write(file, damaged);
            try (ChangeLog log = ChangeLog.open(file, COPY, "another")) {
                assertThat(log.isAnsweredBy(5, false, true)).as("byte %d", at).isFalse();
                assertThat(log.additions()).containsOnly(0);
            }
            try (ChangeLog log = ChangeLog.open(file, COPY)) {
                assertThat(log.isAnsweredBy(5, false, true))
                        .as("they are not needed")
                        .isTrue();
            }
        }
    }

    @Test
    void aFileIsToldFromTheOneThatHadItsName() throws IOException {
        Path disk = Files.write(directory.resolve("disk"), new byte[4096]);
        BlockFile.Identity first = identity(disk);
        Files.write(disk, new byte[] {1, 2, 3}, java.nio.file.StandardOpenOption.WRITE);
        assertThat(identity(disk)).as("written, and opened again").isEqualTo(first);
        Files.delete(disk);
        Files.write(disk, new byte[4096]);
        assertThat(identity(disk).bytes()).isEqualTo(first.bytes());
        assertThat(identity(disk).birth())
                .as("made anew")
                .isNotEqualTo(first.birth())
                .isPositive();
    }

    private static BlockFile.Identity identity(Path path) throws IOException {
        try (BlockFile disk = BlockFile.open(path, true)) {
            return disk.identity();
        }
    }

    @Test
    void whatIsDamagedOrOfAnotherDiskIsRefused() throws IOException {
        fresh(1, true).close();
        assertThatThrownBy(() -> ChangeLog.open(file, new BlockFile.Identity(DISK + 512, 5)))
                .hasMessageContaining("another size");
        assertThatThrownBy(() -> ChangeLog.open(file, new BlockFile.Identity(DISK * 100, 5)))
                .hasMessageContaining("another size");
        assertThatThrownBy(() -> ChangeLog.open(file, new BlockFile.Identity(DISK, 6)))
                .hasMessageContaining("another disk of the same name");
        for (int at : new int[] {0, 9, 17, 25, 33, 73, 75, 337, 505, 512}) {
            byte[] whole = Files.readAllBytes(file);
            try (RandomAccessFile damage = new RandomAccessFile(file.toFile(), "rw")) {
                damage.seek(at);
                damage.write(whole[at] ^ 0x40);
            }
            assertThatThrownBy(() -> ChangeLog.open(file, COPY))
                    .as("byte %d", at)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("damaged");
            Files.write(file, whole);
        }
        ChangeLog.open(file, COPY).close();
    }

    @Test
    void anUnpublishedLogLeavesTheOldOneInPlace() throws IOException {
        fresh(1, true).close();
        try (ChangeLog next = ChangeLog.create(file, "west", 2, true, COPY);
                ChangeLog old = ChangeLog.open(file, COPY)) {
            assertThat(old.session()).isEqualTo(1);
            next.publish();
        }
        try (ChangeLog now = ChangeLog.open(file, COPY)) {
            assertThat(now.session()).isEqualTo(2);
        }
    }

    @Test
    void allLogsOfADiskAreMarkedAndTheUselessOnesRemoved() throws IOException {
        fresh(1, true).close();
        Path north = directory.resolve("root.north.changes");
        ChangeLog.create(north, "north", 2, false, COPY).publish();
        Path old = directory.resolve("root.old.changes");
        ChangeLog.create(old, "old", 3, true, COPY, "another").publish();
        Path garbage = Files.write(directory.resolve("root.garbage.changes"), new byte[100]);
        Path otherDisk = directory.resolve("data.west.changes");
        ChangeLog.create(otherDisk, "west", 4, true, COPY).publish();
        try (ChangeLogs logs = ChangeLogs.open(directory, "root", COPY)) {
            assertThat(logs.unusable()).containsExactlyInAnyOrder(old, garbage);
            assertThat(logs.hasDiverged()).isFalse();
            assertThat(logs.runAhead("south")).isEmpty();
            logs.diverge(false, Optional.of("west"));
            assertThat(old).doesNotExist();
            assertThat(garbage).doesNotExist();
            assertThat(logs.against("west").orElseThrow().isFaithful()).isTrue();
            assertThat(logs.against("north").orElseThrow().isFaithful()).isFalse();
            assertThat(logs.against("north").orElseThrow().isComplete()).isFalse();
            logs.mark(EXTENT, 1);
            logs.replace(fresh(9, true));
            logs.mark(0, 1);
            assertThat(count(logs.against("west").orElseThrow())).isEqualTo(1);
            assertThat(count(logs.against("north").orElseThrow())).isEqualTo(2);
            logs.diverge(true, Optional.empty());
            assertThat(logs.hasDiverged()).isTrue();
            logs.discard(north, "north");
            assertThat(north).doesNotExist();
            assertThat(logs.against("north")).isEmpty();
            logs.clean();
        }
        try (ChangeLog log = ChangeLog.open(otherDisk, COPY)) {
            assertThat(count(log)).isZero();
        }
    }
}
