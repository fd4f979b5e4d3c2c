package org.kemari.statetransfer.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kemari.statetransfer.internal.TestDiskPair.noise;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kemari.linux.ActiveRegions;
import org.kemari.linux.BlockFile;
import org.kemari.linux.ChangeLog;
import org.kemari.linux.ChangeLogs;
import org.kemari.statetransfer.internal.TestDiskPair.Running;

/** How a standby's disk is brought up to date: by a copy, by a comparison, or by the change logs of both hosts. */
@Timeout(60)
class DiskSyncTest {
    private static final int MIB = 1 << 20;
    private static final int EXTENT = ChangeLog.EXTENT_BYTES;
    private static final long OFTEN = 1;
    private static final long NEVER = Long.MAX_VALUE;
    /** What the tests' memory and checkpoints take at most. */
    private static final long MEMORY_BYTES = 3 * MIB;

    private static final String COMPARING = "comparing disks";
    private static final String CHANGED = "copying changed blocks";

    /** Bytes of a file that are not holes. */
    private static long data(Path path) throws IOException {
        long bytes = 0;
        try (BlockFile file = BlockFile.open(path, true)) {
            for (long at = file.nextData(0); at < file.size(); ) {
                long hole = file.nextHole(at);
                bytes += hole - at;
                at = hole < file.size() ? file.nextData(hole) : hole;
            }
        }
        return bytes;
    }

    @Test
    void anEmptyCopyStaysAsSparseAsThePrimarys() throws Exception {
        try (TestDiskPair pair = new TestDiskPair(20_000L * MIB, NEVER)) {
            TestDisk.put(pair.east.disk(), 100 * MIB, noise(1, 3 * MIB));
            TestDisk.put(pair.east.disk(), 15_000L * MIB + 5000, noise(2, 100_000));
            try (TestDisk tap = pair.tap(pair.east, false);
                    Running running = pair.open(pair.east, 1).sync(tap)) {
                assertThat(running.phases).doesNotContain(COMPARING, CHANGED);
                assertThat(running.bytesSent()).isLessThan(4 * MIB + MEMORY_BYTES);
            }
            assertThat(data(pair.west.disk())).isLessThan(4 * MIB);
            try (RandomAccessFile copy = new RandomAccessFile(pair.west.disk().toFile(), "r")) {
                byte[] content = new byte[100_000];
                copy.seek(15_000L * MIB + 5000);
                copy.readFully(content);
                assertThat(content).isEqualTo(noise(2, 100_000));
            }
        }
    }

    @Test
    void aCopyWithContentIsComparedAndOnlyTheDifferenceSent() throws Exception {
        try (TestDiskPair pair = new TestDiskPair(64 * MIB + 512, NEVER)) {
            byte[] common = noise(1, 40 * MIB);
            TestDisk.put(pair.east.disk(), 0, common);
            TestDisk.put(pair.west.disk(), 0, common);
            // other content, content against a hole both ways, the last bytes
            TestDisk.put(pair.east.disk(), 7 * MIB + 100, noise(2, 200_000));
            TestDisk.put(pair.east.disk(), 50 * MIB, noise(3, 3 * EXTENT));
            TestDisk.put(pair.west.disk(), 60 * MIB, noise(4, 3 * MIB));
            TestDisk.put(pair.west.disk(), 45 * MIB, noise(5, EXTENT));
            TestDisk.put(pair.east.disk(), 64 * MIB, noise(6, 512));
            try (TestDisk tap = pair.tap(pair.east, false);
                    Running running = pair.open(pair.east, 1).sync(tap)) {
                assertThat(running.phases).contains(COMPARING);
                assertThat(running.bytesSent()).isLessThan(MIB + MEMORY_BYTES);
            }
            assertThat(pair.areEqual()).isTrue();
            assertThat(data(pair.west.disk())).as("zeroes are holes").isLessThan(42 * MIB);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aComparisonEndsWithEqualDisks(long seed) throws Exception {
        Random random = new Random(seed);
        long bytes = 512L * (1 + random.nextInt(80_000));
        try (TestDiskPair pair = new TestDiskPair(bytes, NEVER)) {
            for (int i = random.nextInt(40); i > 0; i--) {
                int length = (int) Math.min(bytes, 1 + random.nextInt(3 * MIB));
                long offset = (long) (random.nextDouble() * (bytes - length));
                byte[] content = random.nextInt(4) == 0 ? new byte[length] : noise(random.nextInt(), length);
                int where = random.nextInt(4);
                if (where != 0) {
                    TestDisk.put(pair.east.disk(), offset, content);
                }
                if (where != 1) {
                    TestDisk.put(pair.west.disk(), offset, content);
                }
            }
            pair.protectOnce(pair.east, seed);
            assertThat(pair.areEqual()).isTrue();
        }
    }

    @Test
    void aStandbyThatComesBackGetsWhatWasWrittenMeanwhile() throws Exception {
        try (TestDiskPair pair = new TestDiskPair(64 * MIB, NEVER)) {
            TestDisk.put(pair.east.disk(), 0, noise(1, 30 * MIB));
            pair.protectOnce(pair.east, 1);
            assertThat(pair.areEqual()).isTrue();
            try (TestDisk tap = pair.tap(pair.east, false)) {
                tap.write(20 * MIB + 10, noise(2, 300_000));
                tap.write(60 * MIB, noise(3, 10));
                tap.write(MIB, new byte[MIB]);
                try (Running running = pair.open(pair.east, 2).sync(tap)) {
                    assertThat(running.phases).contains(CHANGED).doesNotContain(COMPARING);
                    assertThat(running.bytesSent()).isLessThan(MIB + MEMORY_BYTES);
                    assertThat(pair.areEqual()).isTrue();
                    running.checkpoint(tap);
                    tap.logChanges("west", 2);
                }
                // and again, from the new base; what nobody has marked is not looked at
                tap.passThrough();
                TestDisk.put(pair.west.disk(), 5 * MIB, noise(9, 100));
                tap.write(0, noise(4, 10));
                try (Running running = pair.open(pair.east, 3).sync(tap)) {
                    assertThat(running.phases).contains(CHANGED).doesNotContain(COMPARING);
                    assertThat(Files.mismatch(pair.east.disk(), pair.west.disk()))
                            .isEqualTo(5L * MIB);
                }
            }
        }
    }

    @Test
    void anOldPrimaryThatComesBackGetsWhatIsMarkedOnEitherSide() throws Exception {
        try (TestDiskPair pair = new TestDiskPair(64 * MIB, NEVER)) {
            TestDisk.put(pair.east.disk(), 0, noise(1, 30 * MIB));
            try (TestDisk tap = pair.tap(pair.east, false);
                    Running running = pair.open(pair.east, 1).sync(tap)) {
                running.checkpoint(tap);
                tap.logChanges("west", 1);
                // committed, and executed here, before the standby took over from it
                tap.write(3 * MIB, noise(2, 1000));
            }
            try (TestDisk tap = pair.tap(pair.west, true)) {
                tap.write(10 * MIB, noise(3, 1000));
                try (Running running = pair.open(pair.west, 2).sync(tap)) {
                    assertThat(running.phases).contains(CHANGED).doesNotContain(COMPARING);
                    assertThat(pair.areEqual()).isTrue();
                }
            }
        }
    }

    /** What is in none of the two places is not looked at. */
    @Test
    void anOldPrimaryThatRanAheadAndLostPowerGetsItsActiveRegions() throws Exception {
        try (TestDiskPair pair = new TestDiskPair(64 * MIB, NEVER)) {
            TestDisk.put(pair.east.disk(), 0, noise(1, 30 * MIB));
            try (TestDisk tap = pair.tap(pair.east, false);
                    Running running = pair.open(pair.east, 1).sync(tap)) {
                running.checkpoint(tap);
                tap.logChanges("west", 1);
                try (ChangeLog log = ChangeLog.open(pair.east.log("west"), identity(pair.east.disk()))) {
                    ActiveRegions regions = log.runAhead().orElseThrow();
                    log.mark(3 * MIB + 5, 1000);
                    regions.want(3 * MIB + 5, 1000);
                    regions.renew();
                }
                TestDisk.put(pair.east.disk(), 3 * MIB + 5, noise(2, 1000));
                // at the end of the region: for all that the log tells after a loss of power, this ran ahead, too
                TestDisk.put(pair.east.disk(), 4 * MIB - 5, noise(3, 5));
            }
            losePower(pair.east.log("west"));
            byte[] log = Files.readAllBytes(pair.east.log("west"));
            try (TestDisk tap = pair.tap(pair.west, true)) {
                tap.write(10 * MIB, noise(4, 1000));
                try (Running running = pair.open(pair.west, 2).sync(tap)) {
                    assertThat(running.phases).contains(CHANGED).doesNotContain(COMPARING);
                    assertThat(running.bytesSent()).isLessThan(2 * MIB + MEMORY_BYTES);
                    assertThat(pair.areEqual()).isTrue();
                }
                // not a mark of the standby's is used up by that, nor is what its log says
                assertThat(pair.east.log("west")).hasBinaryContent(log);
                log[4096] ^= 1;
                Files.write(pair.east.log("west"), log);
                try (Running running = pair.open(pair.west, 3).sync(tap)) {
                    assertThat(running.phases).contains(COMPARING).doesNotContain(CHANGED);
                }
            }
        }
    }

    private static BlockFile.Identity identity(Path disk) throws IOException {
        try (BlockFile file = BlockFile.open(disk, true)) {
            return file.identity();
        }
    }

    /** The machine has been booted since, and the marks are gone. */
    private static void losePower(Path log) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(log)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(32, (byte) (bytes.get(32) ^ 1));
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(0, 504));
        bytes.putInt(504, (int) crc.getValue());
        Arrays.fill(bytes.array(), 3 * 4096, bytes.limit(), (byte) 0);
        Files.write(log, bytes.array());
    }

    @Test
    void aSyncThatBreaksOffLeavesTheLogsGood() throws Exception {
        try (TestDiskPair pair = new TestDiskPair(32 * MIB, NEVER)) {
            TestDisk.put(pair.east.disk(), 0, noise(1, 20 * MIB));
            pair.protectOnce(pair.east, 1);
            try (TestDisk tap = pair.tap(pair.east, false)) {
                tap.write(5 * MIB, noise(2, MIB));
                pair.open(pair.east, 2).close();
                pair.open(pair.east, 3).sync(tap).close();
                tap.write(9 * MIB, noise(3, MIB));
                try (Running running = pair.open(pair.east, 4).sync(tap)) {
                    assertThat(running.phases).contains(CHANGED).doesNotContain(COMPARING);
                    assertThat(pair.areEqual()).isTrue();
                }
            }
        }
    }

    @Test
    void withoutGoodLogsTheCopiesAreCompared() throws Exception {
        try (TestDiskPair pair = new TestDiskPair(16 * MIB, NEVER)) {
            TestDisk.put(pair.east.disk(), 0, noise(1, 10 * MIB));
            pair.protectOnce(pair.east, 1);
            // the standby's log is gone
            Files.delete(pair.west.log("east"));
            assertCompared(pair, 2);
            // the primary's is
            Files.delete(pair.east.log("west"));
            assertCompared(pair, 3);
            // it is damaged
            byte[] log = Files.readAllBytes(pair.west.log("east"));
            log[100] ^= 1;
            Files.write(pair.west.log("east"), log);
            assertCompared(pair, 4);
            // the bases differ
            try (TestDisk tap = pair.tap(pair.east, false)) {
                tap.logChanges("west", 99);
            }
            assertCompared(pair, 5);
            // the standby went its own way, and so did the primary
            pair.tap(pair.west, false).close();
            try (TestDisk tap = pair.tap(pair.east, false);
                    Running running = pair.open(pair.east, 6).sync(tap)) {
                assertThat(running.phases).as("both know what they did").contains(CHANGED);
            }
        }
    }

    private static void assertCompared(TestDiskPair pair, long session) throws IOException {
        TestDisk.put(pair.west.disk(), 5 * MIB, noise((int) session, 100));
        try (TestDisk tap = pair.tap(pair.east, false);
                Running running = pair.open(pair.east, session).sync(tap)) {
            assertThat(running.phases).contains(COMPARING).doesNotContain(CHANGED);
            running.checkpoint(tap);
            tap.logChanges("west", session);
        }
        assertThat(pair.areEqual()).isTrue();
    }

    @Test
    void whatIsSyncedIsNewToAThirdHost() throws Exception {
        try (TestDiskPair pair = new TestDiskPair(16 * MIB, NEVER)) {
            ChangeLog north =
                    ChangeLog.create(pair.west.log("north"), "north", 8, false, TestDisk.identity(pair.west.disk()));
            north.publish();
            TestDisk.put(pair.east.disk(), 4 * MIB, noise(1, 3 * EXTENT));
            pair.protectOnce(pair.east, 1);
            assertThat(north.markedBytes()).isEqualTo(3L * EXTENT);
            north.close();
            try (ChangeLog after = ChangeLog.open(pair.west.log("north"), TestDisk.identity(pair.west.disk()))) {
                assertThat(after.isFaithful()).isFalse();
                assertThat(after.isComplete()).isFalse();
            }
        }
    }

    @Test
    void marksOfWhatIsEqualOnBothHostsAreDropped() throws Exception {
        try (TestDiskPair pair = new TestDiskPair(16 * MIB, OFTEN)) {
            try (TestDisk tap = pair.tap(pair.east, false);
                    Running running = pair.open(pair.east, 1).sync(tap)) {
                running.checkpoint(tap);
                tap.logChanges("west", 1);
                try (ChangeLogs standby = ChangeLogs.open(
                        pair.west.paths().stateDirectory(), "disk0", TestDisk.identity(pair.west.disk()))) {
                    ChangeLog there = standby.against("east").orElseThrow();
                    ChangeLog here = tap.log("west").orElseThrow();
                    for (int i = 0; i < 4; i++) {
                        tap.write(i * MIB, noise(i, 1000));
                        there.mark(i * MIB, 1000);
                    }
                    assertThat(here.markedBytes()).isEqualTo(4L * EXTENT);
                    for (int i = 0; i < 200 && here.markedBytes() + there.markedBytes() > 0; i++) {
                        running.checkpoint(tap);
                    }
                    assertThat(here.markedBytes()).isZero();
                    assertThat(there.markedBytes()).isZero();
                    // what comes later stays until its turn
                    tap.write(9 * MIB, noise(1, 1));
                    assertThat(here.markedBytes()).isEqualTo(EXTENT);
                }
            }
        }
    }
}
