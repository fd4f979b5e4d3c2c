package org.kemari.eventtap.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.kemari.eventtap.internal.HoldTest.TIMEOUT;
import static org.kemari.eventtap.internal.HoldTest.awaitHeld;
import static org.kemari.eventtap.internal.HoldTest.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.tap.InFlight;
import org.kemari.api.tap.TapSnapshot;
import org.kemari.api.tap.WrittenAhead;
import org.kemari.linux.ChangeLog;
import org.kemari.linux.internal.RegionSlots;
import org.kemari.virtio.testing.DriverRing.Buffer;

class RunAheadTest {
    private static final int PIECE = 256 << 10;

    @TempDir
    Path directory;

    /** What a standby would be told, in words, and applied to a copy. */
    private static final class Told implements WrittenAhead.Visitor {
        final List<String> steps = new ArrayList<>();
        final byte[] disk = new byte[(int) Bench.DISK_BYTES];

        @Override
        public void written(String id, long offset, ByteBuffer data) {
            steps.add("write " + offset / 512 + " " + data.remaining());
            data.get(disk, (int) offset, data.remaining());
        }

        @Override
        public void cleared(String id, long offset, long length) {
            steps.add("clear " + offset / 512 + " " + length);
            Arrays.fill(disk, (int) offset, (int) (offset + length), (byte) 0);
        }

        @Override
        public void flushed(String id) {
            steps.add("flush");
        }

        Told take(Bench bench) throws IOException {
            try (WrittenAhead ahead = bench.tap.takeWrittenAhead(TIMEOUT)) {
                ahead.forEach(this);
            }
            return this;
        }
    }

    private Bench ahead() throws IOException {
        Bench bench = new Bench(directory).booted();
        bench.tap.hold(TIMEOUT);
        bench.tap.logChanges("west", 7);
        bench.tap.runAhead("west");
        return bench;
    }

    /** Nothing waits for the change log any more. */
    private Bench everywhereActive() throws IOException {
        Bench bench = ahead();
        assertThat(bench.disk.status(
                        bench.disk.ranges(0, GuestDisk.WRITE_ZEROES, 0, (int) (Bench.DISK_BYTES / 512), 0)))
                .isZero();
        bench.tap.hold(TIMEOUT);
        bench.tap.runAhead("west");
        return bench;
    }

    /** What the change log says would be known after a loss of power. */
    private static List<Integer> activeRegions(Bench bench) throws IOException {
        byte[] log = Files.readAllBytes(bench.paths.changeLog("root", "west"));
        long[] active = RegionSlots.last(Arrays.copyOfRange(log, 4096, 4096 + RegionSlots.BYTES))
                .orElseThrow();
        return BitSet.valueOf(active).stream().boxed().toList();
    }

    @Test
    void aWriteWaitsForTheChangeLogToNameItsPlaceAndForNothingElse() throws IOException {
        try (Bench bench = ahead()) {
            int sectors = 1 << 11;
            assertThat(activeRegions(bench)).isEmpty();
            assertThat(bench.disk.status(bench.disk.write(0, sectors, Bench.pattern(1, 512))))
                    .isZero();
            assertThat(activeRegions(bench)).containsExactly(1);
            assertThat(bench.disk.status(bench.disk.write(0, 2 * sectors - 1, Bench.pattern(1, 512))))
                    .isZero();
            assertThat(activeRegions(bench)).containsExactly(1);
            assertThat(bench.disk.status(bench.disk.write(0, 2 * sectors - 1, Bench.pattern(2, 1024))))
                    .as("goes on to the next one")
                    .isZero();
            assertThat(activeRegions(bench)).contains(1, 2).doesNotContain(0);
            assertThat(bench.disk.status(bench.disk.ranges(0, GuestDisk.DISCARD, 0, 1, 0)))
                    .isZero();
            assertThat(activeRegions(bench)).contains(0, 1, 2);
            assertThat(bench.outputsHeld).as("no checkpoint is asked for").hasValue(0);
            checkpoint(bench, 1);
            Told told = new Told().take(bench);
            assertThat(told.steps).hasSize(4);
            assertThat(Arrays.mismatch(told.disk, bench.onDisk(0, (int) Bench.DISK_BYTES)))
                    .isNegative();
        }
    }

    @Test
    void whatTheChangeLogCannotNameIsHeld() throws IOException {
        try (Bench bench = ahead()) {
            assertThat(bench.disk.status(bench.disk.write(0, 8, new byte[512]))).isZero();
            ((DomainBackends) bench.tap).disks().get(0).changes().close();
            assertThat(bench.disk.status(bench.disk.write(0, 16, new byte[512])))
                    .as("the same region")
                    .isZero();
            GuestDisk.Sent write = bench.disk.write(0, 1 << 12, Bench.pattern(1, 512));
            await().atMost(TIMEOUT)
                    .untilAsserted(() -> assertThat(bench.outputsHeld).hasValue(1));
            assertThat(bench.disk.isDone(write)).isFalse();
            checkpoint(bench, 1);
            assertThat(new Told().take(bench).steps).containsExactly("write 8 512", "write 16 512");
            bench.tap.release(1);
            assertThat(bench.disk.status(write)).isZero();
        }
    }

    @Test
    void whatChangesTheDiskIsDoneAtOnceAndGoesWithTheNextCheckpoint() throws IOException {
        try (Bench bench = ahead()) {
            byte[] data = Bench.pattern(1, 4096);
            assertThat(bench.disk.status(bench.disk.write(0, 8, data))).isZero();
            assertThat(bench.disk.status(bench.disk.ranges(0, GuestDisk.WRITE_ZEROES, 10, 1, 0)))
                    .isZero();
            assertThat(bench.disk.status(bench.disk.flush(0))).isZero();
            assertThat(bench.disk.status(bench.disk.ranges(0, GuestDisk.DISCARD, 12, 2, 0)))
                    .isZero();
            assertThat(bench.tap.held()).isZero();
            assertThat(bench.tap.status().get(0).ahead()).isTrue();
            TapSnapshot snapshot = checkpoint(bench, 1);
            assertThat(snapshot.devices().get(0).rings().get(0).inFlight()).isEmpty();
            // of the next epoch
            assertThat(bench.disk.status(bench.disk.write(0, 800, data))).isZero();
            Told told = new Told().take(bench);
            assertThat(told.steps).containsExactly("write 8 4096", "clear 10 512", "flush", "clear 12 1024");
            assertThat(Arrays.copyOfRange(told.disk, 8 * 512, 16 * 512)).isEqualTo(bench.onDisk(8, 4096));
            checkpoint(bench, 2);
            assertThat(new Told().take(bench).steps).containsExactly("write 800 4096");
            checkpoint(bench, 3);
            assertThat(new Told().take(bench).steps).isEmpty();
        }
    }

    @Test
    void whatWasHeldRunsAheadToo() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            bench.tap.hold(TIMEOUT);
            GuestDisk.Sent shipped = bench.disk.write(0, 0, Bench.pattern(1, 512));
            awaitHeld(bench, 1);
            checkpoint(bench, 1);
            GuestDisk.Sent later = bench.disk.write(0, 8, Bench.pattern(2, 512));
            awaitHeld(bench, 2);
            bench.tap.release(1);
            assertThat(bench.disk.status(shipped)).isZero();
            assertThat(bench.disk.isDone(later)).isFalse();
            bench.tap.runAhead("west");
            assertThat(bench.disk.status(later)).isZero();
            checkpoint(bench, 2);
            assertThat(new Told().take(bench).steps)
                    .as("the first write is in the first checkpoint")
                    .containsExactly("write 8 512");
        }
    }

    @Test
    void holdingEndsIt() throws IOException {
        try (Bench bench = ahead()) {
            assertThat(bench.disk.status(bench.disk.write(0, 0, new byte[512]))).isZero();
            bench.tap.hold(TIMEOUT);
            GuestDisk.Sent write = bench.disk.write(0, 8, Bench.pattern(1, 512));
            awaitHeld(bench, 1);
            assertThat(bench.onDisk(8, 512)).containsOnly(0);
            bench.tap.passThrough();
            assertThat(bench.disk.status(write)).isZero();
        }
    }

    @Test
    void whatThereIsNoRoomForIsHeld() throws IOException {
        try (Bench bench = everywhereActive()) {
            Told told = new Told();
            long sector = 0;
            // a request has left its buffer when the next one comes
            long buffer = Bench.BUFFERS + (1 << 20);
            List<GuestDisk.Sent> held = new ArrayList<>();
            for (int epoch = 1; epoch <= 3; epoch++) {
                int done = 0;
                while (held.isEmpty()) {
                    GuestDisk.Sent write = again(bench, buffer, sector, Bench.pattern((int) sector + epoch, PIECE));
                    await().pollInterval(Duration.ofMillis(1))
                            .atMost(TIMEOUT)
                            .until(() -> bench.disk.isDone(write) || bench.tap.held() == 1);
                    if (bench.disk.isDone(write)) {
                        done++;
                        bench.disk.reap(0);
                    } else {
                        held.add(write);
                    }
                    sector = (sector + PIECE / 512) % (Bench.DISK_BYTES / 512);
                }
                assertThat(done).isEqualTo((16 << 20) / PIECE);
                assertThat(bench.outputsHeld.get()).isGreaterThanOrEqualTo(epoch);
                TapSnapshot snapshot = checkpoint(bench, epoch);
                assertThat(snapshot.devices().get(0).rings().get(0).inFlight())
                        .extracting(InFlight::head)
                        .containsExactly(held.get(0).head());
                byte[] before = told.take(bench).disk;
                bench.tap.release(epoch);
                assertThat(bench.disk.status(held.get(0))).isZero();
                // what was pending is done by the standby itself
                int at = (int) ((sector * 512 + Bench.DISK_BYTES - PIECE) % Bench.DISK_BYTES);
                System.arraycopy(bench.onDisk(at / 512, PIECE), 0, before, at, PIECE);
                assertThat(Arrays.mismatch(before, bench.onDisk(0, (int) Bench.DISK_BYTES)))
                        .isNegative();
                bench.disk.reap(0);
                held.clear();
            }
        }
    }

    private static GuestDisk.Sent again(Bench bench, long buffer, long sector, byte[] data) throws IOException {
        bench.front.ram.copyFrom(bench.front.at(buffer), ByteBuffer.wrap(data));
        return bench.disk.submit(
                0, GuestDisk.WRITE, sector, List.of(Buffer.readable(buffer, data.length)), buffer, data.length);
    }

    /** A repair sends what is on the disk when it is sent, which must not be of the next epoch. */
    @Test
    void nothingRunsAheadWhileARepairIsOnItsWay() throws IOException {
        try (Bench bench = everywhereActive()) {
            long buffer = Bench.BUFFERS + (1 << 20);
            GuestDisk.Sent write = again(bench, buffer, 0, new byte[PIECE]);
            while (bench.tap.held() == 0) {
                GuestDisk.Sent last = write;
                await().pollInterval(Duration.ofMillis(1))
                        .atMost(TIMEOUT)
                        .until(() -> bench.disk.isDone(last) || bench.tap.held() == 1);
                if (bench.tap.held() == 0) {
                    write = again(bench, buffer, 0, new byte[PIECE]);
                }
            }
            checkpoint(bench, 1);
            new Told().take(bench);
            bench.front.resetDevice(); // the held write is dropped, and the standby executes it
            bench.boot(Bench.FEATURES);
            checkpoint(bench, 2);
            assertThat(bench.tap.takeRepairs()).isNotEmpty();
            GuestDisk.Sent early = bench.disk.write(0, 0, Bench.pattern(1, 512));
            awaitHeld(bench, 1);
            assertThat(bench.onDisk(0, 512)).containsOnly(0);
            checkpoint(bench, 3); // which can only begin when the one before has been sent
            bench.tap.release(3);
            assertThat(bench.disk.status(early)).isZero();
            assertThat(bench.disk.status(bench.disk.write(0, 8, Bench.pattern(2, 512))))
                    .isZero();
            assertThat(bench.tap.held()).isZero();
        }
    }

    @Test
    void theChangeLogSaysSoDurablyAndIsMarked() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            Path log = bench.paths.changeLog("root", "west");
            bench.tap.hold(TIMEOUT);
            bench.tap.logChanges("west", 7);
            try (ChangeLog found = ChangeLog.open(log, Bench.disk(directory))) {
                assertThat(found.isFaithful()).isTrue();
            }
            bench.tap.runAhead("west");
            assertThat(bench.disk.status(bench.disk.write(0, 8, new byte[512]))).isZero();
            try (ChangeLog found = ChangeLog.open(log, Bench.disk(directory))) {
                assertThat(found.isFaithful()).isFalse();
                assertThat(found.isInSession()).isTrue();
                assertThat(found.isComplete()).isTrue();
                assertThat(found.markedBytes()).isEqualTo(ChangeLog.EXTENT_BYTES);
            }
            bench.tap.passThrough();
            assertThat(bench.disk.status(bench.disk.write(0, 16, new byte[512])))
                    .isZero();
            try (ChangeLog found = ChangeLog.open(log, Bench.disk(directory))) {
                assertThat(found.isInSession()).isFalse();
            }
        }
    }
}
