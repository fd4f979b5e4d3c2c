package org.kemari.eventtap.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.tap.DeviceSnapshot;
import org.kemari.api.tap.InFlight;
import org.kemari.api.tap.RingSnapshot;
import org.kemari.api.tap.TapSnapshot;

class HoldTest {
    static final Duration TIMEOUT = Duration.ofSeconds(5);

    @TempDir
    Path directory;

    static TapSnapshot checkpoint(Bench bench, long epoch) throws IOException {
        bench.tap.prepare(epoch);
        bench.front.stop();
        bench.front.start(bench.front.features);
        return bench.tap.snapshot(TIMEOUT);
    }

    static void awaitHeld(Bench bench, int count) {
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .atMost(TIMEOUT)
                .until(() -> bench.tap.held() == count);
    }

    @Test
    void writesWaitForTheirEpochAndReadsDoNot() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            bench.tap.hold(TIMEOUT);
            byte[] data = Bench.pattern(1, 4096);
            GuestDisk.Sent write = bench.disk.write(0, 8, data);
            awaitHeld(bench, 1);
            assertThat(bench.disk.status(bench.disk.read(0, 16, 4096))).isZero();
            assertThat(bench.disk.isDone(write)).isFalse();
            checkpoint(bench, 1);
            GuestDisk.Sent later = bench.disk.write(0, 800, data);
            awaitHeld(bench, 2);
            bench.tap.release(1);
            assertThat(bench.disk.status(write)).isZero();
            assertThat(bench.onDisk(8, 4096)).isEqualTo(data);
            assertThat(bench.disk.isDone(later)).isFalse();
            assertThat(bench.tap.held()).isEqualTo(1);
            checkpoint(bench, 2);
            bench.tap.release(2);
            assertThat(bench.disk.status(later)).isZero();
            assertThat(bench.tap.status().get(0).hold().count()).isEqualTo(2);
        }
    }

    @Test
    void nothingOfALaterEpochIsReleased() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            bench.tap.hold(TIMEOUT);
            List<GuestDisk.Sent> writes = new ArrayList<>();
            for (int epoch = 1; epoch <= 4; epoch++) {
                writes.add(bench.disk.write(0, epoch * 8, Bench.pattern(epoch, 4096)));
                awaitHeld(bench, epoch);
                checkpoint(bench, epoch);
            }
            bench.tap.release(2);
            assertThat(bench.disk.status(writes.get(0))).isZero();
            assertThat(bench.disk.status(writes.get(1))).isZero();
            assertThat(bench.tap.held()).isEqualTo(2);
            assertThat(bench.disk.isDone(writes.get(2))).isFalse();
            assertThat(bench.onDisk(3 * 8, 4096)).containsOnly(0);
            bench.tap.release(4);
            assertThat(bench.disk.status(writes.get(3))).isZero();
        }
    }

    @Test
    void aReadThatOverlapsAHeldWriteWaitsForIt() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            bench.tap.hold(TIMEOUT);
            byte[] data = Bench.pattern(1, 4096);
            GuestDisk.Sent write = bench.disk.write(0, 8, data);
            GuestDisk.Sent read = bench.disk.read(0, 9, 512);
            GuestDisk.Sent other = bench.disk.read(0, 16, 512);
            assertThat(bench.disk.status(other)).isZero();
            assertThat(bench.disk.isDone(read)).isFalse();
            checkpoint(bench, 1);
            assertThat(bench.disk.isDone(read)).isFalse();
            bench.tap.release(1);
            assertThat(bench.disk.status(read)).isZero();
            assertThat(bench.disk.status(write)).isZero();
            assertThat(bench.disk.data(read)).isEqualTo(java.util.Arrays.copyOfRange(data, 512, 1024));
        }
    }

    @Test
    void allKindsOfOutputsAreHeld() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            bench.disk.status(bench.disk.write(0, 0, Bench.pattern(5, 64 << 10)));
            bench.tap.hold(TIMEOUT);
            List<GuestDisk.Sent> sent = List.of(
                    bench.disk.flush(0),
                    bench.disk.ranges(0, GuestDisk.DISCARD, 8, 8, 0),
                    bench.disk.ranges(0, GuestDisk.WRITE_ZEROES, 16, 8, 0),
                    bench.disk.write(0, 24, new byte[512]));
            awaitHeld(bench, 4);
            assertThat(bench.onDisk(0, 64 << 10)).isEqualTo(Bench.pattern(5, 64 << 10));
            TapSnapshot snapshot = checkpoint(bench, 1);
            assertThat(snapshot.devices().get(0).rings().get(0).inFlight())
                    .extracting(InFlight::head)
                    .containsExactlyElementsOf(
                            sent.stream().map(GuestDisk.Sent::head).toList());
            bench.tap.passThrough();
            for (GuestDisk.Sent s : sent) {
                assertThat(bench.disk.status(s)).isZero();
            }
            assertThat(bench.disk.status(bench.disk.write(0, 24, new byte[512])))
                    .isZero();
        }
    }

    @Test
    void theFirstHeldOutputIsToldOncePerCheckpoint() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            bench.tap.hold(TIMEOUT);
            assertThat(bench.outputsHeld).hasValue(0);
            bench.disk.write(0, 0, new byte[512]);
            awaitHeld(bench, 1);
            bench.disk.write(0, 8, new byte[512]);
            awaitHeld(bench, 2);
            await().atMost(TIMEOUT).until(() -> bench.outputsHeld.get() == 1);
            bench.tap.prepare(1);
            bench.disk.write(0, 16, new byte[512]);
            bench.front.stop();
            bench.front.start(bench.front.features);
            bench.tap.snapshot(TIMEOUT);
            assertThat(bench.tap.held()).isEqualTo(3);
            assertThat(bench.outputsHeld).as("the third is in the checkpoint").hasValue(1);
            bench.disk.write(0, 24, new byte[512]);
            awaitHeld(bench, 4);
            await().atMost(TIMEOUT).until(() -> bench.outputsHeld.get() == 2);
        }
    }

    @Test
    void aCancelledCheckpointLeavesItsOutputsToTheNext() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            bench.tap.hold(TIMEOUT);
            bench.tap.prepare(1);
            GuestDisk.Sent write = bench.disk.write(0, 0, new byte[512]);
            bench.front.stop();
            bench.front.start(bench.front.features);
            bench.tap.cancel();
            await().atMost(TIMEOUT).until(() -> bench.outputsHeld.get() == 1);
            bench.tap.release(1);
            assertThat(bench.tap.held()).isEqualTo(1);
            DeviceSnapshot device = checkpoint(bench, 2).devices().get(0);
            assertThat(device.incarnation()).isEqualTo(1);
            assertThat(device.rings().get(0).inFlight())
                    .extracting(InFlight::sequence)
                    .containsExactly(1L);
            bench.tap.release(2);
            assertThat(bench.disk.status(write)).isZero();
        }
    }

    @Test
    void everythingAvailableIsTakenBeforeThePause() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            bench.tap.hold(TIMEOUT);
            for (int epoch = 1; epoch <= 20; epoch++) {
                bench.tap.prepare(epoch);
                List<GuestDisk.Sent> sent = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    sent.add(bench.disk.write(0, i * 8L, Bench.pattern(epoch, 4096)));
                }
                int base = bench.front.stop().get(0);
                bench.front.start(bench.front.features);
                RingSnapshot ring =
                        bench.tap.snapshot(TIMEOUT).devices().get(0).rings().get(0);
                assertThat(base).isEqualTo(epoch * 10);
                assertThat(ring.availIndex()).isEqualTo(base);
                assertThat(ring.usedIndex()).isEqualTo(base - 10);
                assertThat(ring.inFlight()).hasSize(10);
                bench.tap.release(epoch);
                for (GuestDisk.Sent s : sent) {
                    assertThat(bench.disk.status(s)).isZero();
                }
            }
        }
    }

    @Test
    void theSnapshotTellsTheLayoutOfMemory() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            bench.tap.hold(TIMEOUT);
            TapSnapshot snapshot = checkpoint(bench, 1);
            assertThat(snapshot.memory()).hasSize(2);
            assertThat(snapshot.memory().get(0).guestAddress()).isEqualTo(FrontEnd.BASE);
            assertThat(snapshot.memory().get(0).fileOffset()).isEqualTo(FrontEnd.GUARD);
            assertThat(snapshot.devices().get(0).features()).isEqualTo(Bench.FEATURES);
        }
    }
}
