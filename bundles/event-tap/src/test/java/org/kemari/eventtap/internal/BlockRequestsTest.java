package org.kemari.eventtap.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kemari.api.tap.DeviceStatus;
import org.kemari.virtio.block.BlockFeatures;
import org.kemari.virtio.ring.RingFeatures;
import org.kemari.virtio.testing.DriverRing.Buffer;

class BlockRequestsTest {
    private static final int OK = 0;
    private static final int IO_ERROR = 1;
    private static final int UNSUPPORTED = 2;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(longs = {RingFeatures.VERSION_1, Bench.FEATURES})
    void readsWhatWasWritten(long features) throws IOException {
        try (Bench bench = new Bench(directory)) {
            bench.front.connect();
            bench.boot(features);
            for (int i = 0; i < 200; i++) {
                byte[] data = Bench.pattern(i, 512 * (1 + i % 16));
                assertThat(bench.disk.status(bench.disk.write(0, i * 16L, data)))
                        .isEqualTo(OK);
                GuestDisk.Sent read = bench.disk.read(0, i * 16L, data.length);
                assertThat(bench.disk.status(read)).isEqualTo(OK);
                assertThat(bench.disk.data(read)).isEqualTo(data);
                assertThat(bench.disk.usedLength(read)).isEqualTo(data.length + 1);
                assertThat(bench.onDisk(i * 16L, data.length)).isEqualTo(data);
            }
            assertThat(bench.front.guardsIntact()).isTrue();
        }
    }

    @Test
    void signalsTheDriverThatWaits() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            for (int i = 0; i < 100; i++) {
                bench.front.rings.get(0).armSignal();
                GuestDisk.Sent sent = bench.disk.write(0, 0, Bench.pattern(i, 512));
                while (!bench.disk.isDone(sent)) {
                    // More signals than completions are allowed, fewer are not.
                    assertThat(bench.front.awaitCall(0, 5000)).isTrue();
                }
            }
        }
    }

    @Test
    void tellsWhatItIs() throws IOException {
        try (Bench bench = new Bench(directory, 4, false)) {
            long offered = bench.front.connect();
            assertThat(offered
                            & (BlockFeatures.SEG_MAX
                                    | BlockFeatures.BLOCK_SIZE
                                    | BlockFeatures.FLUSH
                                    | BlockFeatures.DISCARD
                                    | BlockFeatures.WRITE_ZEROES
                                    | BlockFeatures.MULTI_QUEUE
                                    | BlockFeatures.READ_ONLY
                                    | BlockFeatures.CONFIG_WRITEBACK))
                    .isEqualTo(BlockFeatures.SEG_MAX
                            | BlockFeatures.BLOCK_SIZE
                            | BlockFeatures.FLUSH
                            | BlockFeatures.DISCARD
                            | BlockFeatures.WRITE_ZEROES
                            | BlockFeatures.MULTI_QUEUE);
            assertThat(bench.front.config(60)[1]).isEqualTo((byte) (Bench.DISK_BYTES / 512 >>> 8));
            bench.boot(Bench.FEATURES);
            GuestDisk.Sent id = bench.disk.submit(
                    3, GuestDisk.GET_ID, 0, List.of(Buffer.writable(bench.disk.allocate(20), 20)), 0, 0);
            assertThat(bench.disk.status(id)).isEqualTo(OK);
            assertThat(bench.disk.usedLength(id)).isEqualTo(21);
        }
    }

    @Test
    void theIdIsThatOfTheDefinition() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            long at = bench.disk.allocate(20);
            GuestDisk.Sent id = bench.disk.submit(0, GuestDisk.GET_ID, 0, List.of(Buffer.writable(at, 20)), at, 20);
            assertThat(bench.disk.status(id)).isEqualTo(OK);
            assertThat(new String(bench.disk.data(id), StandardCharsets.US_ASCII).trim())
                    .isEqualTo("root");
        }
    }

    @Test
    void clearsRanges() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            byte[] data = Bench.pattern(1, 64 << 10);
            bench.disk.status(bench.disk.write(0, 0, data));
            assertThat(bench.disk.status(bench.disk.ranges(0, GuestDisk.WRITE_ZEROES, 8, 8, 0)))
                    .isEqualTo(OK);
            assertThat(bench.onDisk(8, 4096)).containsOnly(0);
            assertThat(bench.disk.status(bench.disk.ranges(0, GuestDisk.WRITE_ZEROES, 32, 8, 1)))
                    .isEqualTo(OK);
            assertThat(bench.onDisk(32, 4096)).containsOnly(0);
            assertThat(bench.disk.status(bench.disk.ranges(0, GuestDisk.DISCARD, 64, 8, 0)))
                    .isEqualTo(OK);
            assertThat(bench.onDisk(0, 4096)).isEqualTo(java.util.Arrays.copyOf(data, 4096));
            assertThat(bench.disk.status(bench.disk.flush(0))).isEqualTo(OK);
            DeviceStatus status = bench.tap.status().get(0);
            assertThat(status.writes()).isEqualTo(4);
            assertThat(status.flushes()).isEqualTo(1);
            assertThat(status.bytesWritten()).isEqualTo(data.length + 3 * 4096);
        }
    }

    @Test
    void refusesWhatCannotBeDone() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            long sectors = Bench.DISK_BYTES / 512;
            assertThat(bench.disk.status(bench.disk.submit(0, 99, 0, List.of(), 0, 0)))
                    .isEqualTo(UNSUPPORTED);
            assertThat(bench.disk.status(bench.disk.write(0, sectors - 1, new byte[1024])))
                    .isEqualTo(IO_ERROR);
            assertThat(bench.disk.status(bench.disk.read(0, sectors, 512))).isEqualTo(IO_ERROR);
            assertThat(bench.disk.status(bench.disk.read(0, -1, 512))).isEqualTo(IO_ERROR);
            assertThat(bench.disk.status(bench.disk.read(0, 0, 100))).isEqualTo(IO_ERROR);
            assertThat(bench.disk.status(bench.disk.ranges(0, GuestDisk.DISCARD, sectors - 1, 2, 0)))
                    .isEqualTo(IO_ERROR);
            assertThat(bench.disk.status(bench.disk.read(0, sectors - 1, 512))).isEqualTo(OK);
            assertThat(bench.tap.status().get(0).errors()).isEqualTo(6);
            assertThat(bench.tap.status().get(0).state()).isEqualTo("serving");
        }
    }

    @Test
    void aReadOnlyDiskRefusesWrites() throws IOException {
        try (Bench bench = new Bench(directory, 1, true)) {
            long offered = bench.front.connect();
            assertThat(offered & BlockFeatures.READ_ONLY).isNotZero();
            bench.boot(Bench.FEATURES & offered);
            assertThat(bench.disk.status(bench.disk.write(0, 0, Bench.pattern(1, 512))))
                    .isEqualTo(IO_ERROR);
            assertThat(bench.disk.status(bench.disk.read(0, 0, 512))).isEqualTo(OK);
            assertThat(bench.onDisk(0, 512)).containsOnly(0);
        }
    }

    @Test
    void takesRequestsInManyPiecesAndTables() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            byte[] data = Bench.pattern(7, 200 * 512);
            long at = bench.disk.allocate(data.length);
            bench.front.ram.copyFrom(bench.front.at(at), java.nio.ByteBuffer.wrap(data));
            List<Buffer> pieces = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                pieces.add(Buffer.readable(at + i * 512, 512));
            }
            java.util.Collections.shuffle(pieces, new java.util.Random(1));
            byte[] expected = new byte[data.length];
            for (int i = 0; i < 200; i++) {
                System.arraycopy(data, (int) (pieces.get(i).address() - at), expected, i * 512, 512);
            }
            assertThat(bench.disk.status(bench.disk.submitIndirect(0, GuestDisk.WRITE, 3, pieces, at, data.length)))
                    .isEqualTo(OK);
            assertThat(bench.onDisk(3, data.length)).isEqualTo(expected);
        }
    }

    @Test
    void manyQueuesAtOnce() throws IOException {
        try (Bench bench = new Bench(directory, 4, false).booted()) {
            List<GuestDisk.Sent> sent = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                sent.add(bench.disk.write(i % 4, i * 8L, Bench.pattern(i, 4096)));
            }
            for (GuestDisk.Sent s : sent) {
                assertThat(bench.disk.status(s)).isEqualTo(OK);
            }
            for (int i = 0; i < 40; i++) {
                assertThat(bench.onDisk(i * 8L, 4096)).isEqualTo(Bench.pattern(i, 4096));
            }
        }
    }

    @Test
    void overlappingWritesEndInTheOrderOfTheirRing() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            for (int round = 0; round < 50; round++) {
                List<GuestDisk.Sent> sent = new ArrayList<>();
                byte[] last = {};
                for (int i = 0; i < 8; i++) {
                    last = Bench.pattern(round * 8 + i, 8192);
                    sent.add(bench.disk.write(0, 0, last));
                }
                GuestDisk.Sent read = bench.disk.read(0, 0, 8192);
                for (GuestDisk.Sent s : sent) {
                    assertThat(bench.disk.status(s)).isEqualTo(OK);
                }
                assertThat(bench.disk.status(read)).isEqualTo(OK);
                assertThat(bench.disk.data(read)).isEqualTo(last);
                assertThat(bench.onDisk(0, 8192)).isEqualTo(last);
            }
        }
    }

    @Test
    void marksThePagesAndExtentsThatItWrites() throws IOException {
        try (Bench bench = new Bench(directory).booted();
                org.kemari.linux.DirtyBitmap pages =
                        org.kemari.linux.DirtyBitmap.open(bench.paths.dirtyPagesFile(), bench.front.ramBytes / 4096);
                org.kemari.linux.DirtyBitmap extents = org.kemari.linux.DirtyBitmap.open(
                        bench.paths.dirtyExtentsFile("root"), Bench.DISK_BYTES >>> 16)) {
            bench.disk.status(bench.disk.write(0, 0, Bench.pattern(1, 512)));
            assertThat(extents.count()).isZero();
            bench.tap.trackWrites(true);
            bench.disk.status(bench.disk.write(0, 128 * 3 + 127, Bench.pattern(1, 1024)));
            assertThat(extents.isMarked(3)).isTrue();
            assertThat(extents.isMarked(4)).isTrue();
            assertThat(extents.count()).isEqualTo(2);
            bench.tap.trackWrites(false);
            pages.clearAll();
            GuestDisk.Sent read = bench.disk.read(0, 0, 8192);
            bench.disk.status(read);
            assertThat(pages.isMarked(bench.front.at(read.data()) >>> 12)).isTrue();
            assertThat(pages.isMarked(bench.front.at(read.data() + 8191) >>> 12))
                    .isTrue();
            assertThat(pages.isMarked(bench.front.at(read.status()) >>> 12)).isTrue();
            long used = bench.front.rings.get(0).layout().usedRing();
            assertThat(pages.isMarked(bench.front.at(used) >>> 12)).isTrue();
        }
    }

    @Test
    void surprisesOfTheDiskAreToldToTheGuest() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            try (var file = new java.io.RandomAccessFile(bench.diskFile.toFile(), "rw")) {
                file.setLength(4096);
            }
            assertThat(bench.disk.status(bench.disk.read(0, 64, 4096))).isEqualTo(IO_ERROR);
            await().atMost(Duration.ofSeconds(5)).until(() -> {
                synchronized (bench.broken) {
                    return bench.broken.size() == 1;
                }
            });
            assertThat(bench.broken.get(0)).contains("root: the disk fails");
            assertThat(bench.disk.status(bench.disk.read(0, 0, 4096))).isEqualTo(OK);
            assertThat(bench.tap.status().get(0).errors()).isEqualTo(1);
        }
    }
}
