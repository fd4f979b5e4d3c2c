package org.kemari.eventtap.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kemari.eventtap.internal.HoldTest.TIMEOUT;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kemari.api.tap.DeviceSnapshot;
import org.kemari.api.tap.DiskExtent;
import org.kemari.api.tap.InFlight;
import org.kemari.api.tap.RingSnapshot;
import org.kemari.api.tap.TapSnapshot;
import org.kemari.api.tap.WrittenAhead;
import org.kemari.linux.NativeMemory;
import org.kemari.virtio.block.BlockConfig;
import org.kemari.virtio.block.BlockRequest;
import org.kemari.virtio.ring.DescriptorChain;
import org.kemari.virtio.ring.GuestMemory;
import org.kemari.virtio.ring.RingException;
import org.kemari.virtio.ring.RingLayout;
import org.kemari.virtio.ring.Virtqueue;

/**
 * A second copy of the disk, kept only by what checkpoints carry, in order, as a standby would: after any load and any
 * resets it must be identical, and after each checkpoint it must be what the first copy was in the pause, with what was
 * pending then done.
 */
class MirrorTest {
    @TempDir
    Path directory;

    /** The standby: image, disk, and what it has executed. */
    private static final class Mirror implements WrittenAhead.Visitor {
        final byte[] disk;
        private final BlockConfig config = BlockConfig.of(Bench.DISK_BYTES, false, 2);
        private long incarnation;
        private long executed;

        Mirror(byte[] disk) {
            this.disk = disk;
        }

        /** All of a checkpoint. */
        void commit(Bench bench, TapSnapshot snapshot, NativeMemory image) throws IOException, RingException {
            try (WrittenAhead ahead = bench.tap.takeWrittenAhead(TIMEOUT)) {
                ahead.forEach(this);
            }
            for (DiskExtent extent : bench.tap.takeRepairs()) {
                bench.tap.readDisk(extent, ByteBuffer.wrap(disk, (int) extent.offset(), extent.length()));
            }
            execute(snapshot, image);
        }

        @Override
        public void written(String id, long offset, ByteBuffer data) {
            data.get(disk, (int) offset, data.remaining());
        }

        @Override
        public void cleared(String id, long offset, long length) {
            Arrays.fill(disk, (int) offset, (int) (offset + length), (byte) 0);
        }

        @Override
        public void flushed(String id) {}

        /** What is pending in a checkpoint. */
        void execute(TapSnapshot snapshot, NativeMemory image) throws RingException {
            DeviceSnapshot device = snapshot.devices().get(0);
            if (device.incarnation() != incarnation) {
                incarnation = device.incarnation();
                executed = 0;
            }
            if (device.rings().isEmpty()) {
                return;
            }
            GuestMemory guest = GuestMemory.ofFile(image, snapshot.memory(), Optional.empty());
            record Pending(RingSnapshot ring, InFlight request) {}
            List<Pending> pending = new ArrayList<>();
            device.rings().forEach(r -> r.inFlight().forEach(f -> pending.add(new Pending(r, f))));
            pending.sort(Comparator.comparingLong(p -> p.request().sequence()));
            DescriptorChain chain = new DescriptorChain();
            BlockRequest request = new BlockRequest();
            for (Pending p : pending) {
                if (p.request().sequence() <= executed) {
                    continue;
                }
                executed = p.request().sequence();
                RingSnapshot r = p.ring();
                RingLayout layout = new RingLayout(r.size(), r.descriptorTable(), r.availRing(), r.usedRing());
                new Virtqueue(guest, layout, device.features(), r.availIndex())
                        .load(p.request().head(), chain);
                request.parse(guest, chain, config);
                if (request.type() == BlockRequest.Type.WRITE) {
                    ByteBuffer target = ByteBuffer.wrap(
                            disk, (int) request.offset(), (int) request.data().bytes());
                    request.data().copyTo(0, target);
                } else if (request.type() == BlockRequest.Type.WRITE_ZEROES) {
                    Arrays.fill(
                            disk,
                            (int) request.rangeOffset(0),
                            (int) (request.rangeOffset(0) + request.rangeLength(0)),
                            (byte) 0);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void staysIdenticalUnderLoadAndResets(long seed) throws Exception {
        staysIdentical(seed, false);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void staysIdenticalWhenItRunsAhead(long seed) throws Exception {
        staysIdentical(seed, true);
    }

    private void staysIdentical(long seed, boolean ahead) throws Exception {
        Random random = new Random(seed);
        Mirror mirror = new Mirror(new byte[(int) Bench.DISK_BYTES]);
        try (Bench bench = new Bench(directory, 2, false).booted();
                NativeMemory image = NativeMemory.allocate(bench.front.ramBytes)) {
            bench.tap.hold(TIMEOUT);
            if (ahead) {
                bench.tap.runAhead("west");
            }
            boolean alive = true;
            int released = 0;
            for (int epoch = 1; epoch <= 60; epoch++) {
                load(bench, random, alive);
                if (alive && random.nextInt(6) == 0) {
                    bench.front.resetDevice();
                    alive = false;
                }
                alive |= maybeBoot(bench, random, alive);
                load(bench, random, alive);
                bench.tap.prepare(epoch);
                load(bench, random, alive);
                if (alive && random.nextInt(6) == 0) {
                    bench.front.resetDevice();
                    alive = false;
                    if (random.nextBoolean()) {
                        alive = maybeBoot(bench, random, false);
                        load(bench, random, alive);
                    }
                }
                if (alive) {
                    bench.front.stop();
                }
                NativeMemory.copy(bench.front.ram, 0, image, 0, image.size());
                // a device that was reset may still be at a write that it has given up
                boolean served = alive;
                Mirror paused = new Mirror(Files.readAllBytes(bench.diskFile));
                if (alive) {
                    bench.front.start(bench.front.features);
                }
                load(bench, random, alive);
                if (alive && random.nextInt(6) == 0) {
                    bench.front.resetDevice();
                    alive = false;
                }
                if (!ahead && random.nextInt(10) == 0) {
                    // A checkpoint that never reaches the standby: the end of the session, if it runs ahead.
                    bench.tap.cancel();
                    continue;
                }
                TapSnapshot snapshot = bench.tap.snapshot(TIMEOUT);
                mirror.commit(bench, snapshot, image);
                paused.execute(snapshot, image);
                if (served) {
                    assertThat(sectorsIn(mirror.disk, paused.disk))
                            .as("differences at checkpoint %d", epoch)
                            .isEmpty();
                }
                bench.tap.release(epoch);
                released++;
            }
            assertThat(released).isGreaterThan(20);
            quiesce(bench, mirror, image, alive);
            assertThat(sectorsIn(mirror.disk, Files.readAllBytes(bench.diskFile)))
                    .isEmpty();
            assertThat(bench.broken).isEmpty();
        }
    }

    /** Where two disks differ. */
    private static List<Integer> sectorsIn(byte[] one, byte[] other) {
        List<Integer> sectors = new ArrayList<>();
        for (int at = Arrays.mismatch(one, other); at >= 0 && at < one.length; ) {
            int sector = at / 512;
            sectors.add(sector);
            int next = (sector + 1) * 512;
            int more = Arrays.mismatch(one, next, one.length, other, next, other.length);
            at = more < 0 ? -1 : next + more;
        }
        return sectors;
    }

    private static boolean maybeBoot(Bench bench, Random random, boolean alive) throws IOException {
        if (!alive && random.nextInt(3) > 0) {
            bench.boot(Bench.FEATURES);
            return true;
        }
        return alive;
    }

    private static void quiesce(Bench bench, Mirror mirror, NativeMemory image, boolean alive) throws Exception {
        boolean running = alive;
        for (int epoch = 1000; epoch < 1003; epoch++) {
            if (!running) {
                bench.boot(Bench.FEATURES);
                running = true;
            }
            bench.tap.prepare(epoch);
            bench.front.stop();
            NativeMemory.copy(bench.front.ram, 0, image, 0, image.size());
            bench.front.start(bench.front.features);
            TapSnapshot snapshot = bench.tap.snapshot(TIMEOUT);
            mirror.commit(bench, snapshot, image);
            bench.tap.release(epoch);
        }
        // Nothing is pending any more: this returns when the last write is on the disk.
        bench.tap.passThrough();
        bench.tap.hold(TIMEOUT);
    }

    private static void load(Bench bench, Random random, boolean alive) throws IOException {
        for (int i = random.nextInt(5); alive && i > 0; i--) {
            int ring = random.nextInt(2);
            bench.disk.reap(ring);
            if (bench.front.rings.get(ring).freeDescriptors() < 4) {
                continue;
            }
            // A small area, so that much of it overlaps.
            long sector = random.nextInt(24);
            switch (random.nextInt(8)) {
                case 0 -> bench.disk.flush(ring);
                case 1 -> bench.disk.ranges(ring, GuestDisk.WRITE_ZEROES, sector, 1 + random.nextInt(8), 0);
                case 2, 3 -> bench.disk.read(ring, sector, 512 * (1 + random.nextInt(8)));
                default -> bench.disk.write(
                        ring, sector, Bench.pattern(random.nextInt(), 512 * (1 + random.nextInt(8))));
            }
        }
    }
}
