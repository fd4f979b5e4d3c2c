package org.kemari.eventtap.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.kemari.eventtap.internal.HoldTest.TIMEOUT;
import static org.kemari.eventtap.internal.HoldTest.awaitHeld;
import static org.kemari.eventtap.internal.HoldTest.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.tap.DeviceSnapshot;
import org.kemari.api.tap.DiskExtent;
import org.kemari.api.tap.InFlight;
import org.kemari.virtio.testing.DriverRing.Buffer;

/** Resets of the guest or its device, at every point of a checkpoint. */
class ResetTest {
    @TempDir
    Path directory;

    @Test
    void anUnannouncedStopDropsWhatIsHeld() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            bench.tap.hold(TIMEOUT);
            bench.disk.write(0, 8, Bench.pattern(1, 4096));
            awaitHeld(bench, 1);
            bench.front.resetDevice();
            assertThat(bench.tap.held()).isZero();
            bench.boot(Bench.FEATURES);
            DeviceSnapshot device = checkpoint(bench, 1).devices().get(0);
            assertThat(device.incarnation()).isEqualTo(2);
            assertThat(device.rings().get(0).inFlight()).isEmpty();
            assertThat(bench.tap.takeRepairs()).as("the standby never saw it").isEmpty();
            bench.tap.passThrough();
            assertThat(bench.disk.status(bench.disk.read(0, 8, 512))).isZero();
            assertThat(bench.onDisk(8, 4096)).containsOnly(0);
        }
    }

    /** The guest uses its memory for something else as soon as the reset is over. */
    @Test
    void nothingIsExecutedAfterAResetInAnyRing() throws IOException {
        int bytes = 128 << 10;
        int count = 20;
        long buffers = Bench.BUFFERS + (1 << 20);
        try (Bench bench = new Bench(directory, 2, false).booted()) {
            for (int epoch = 1; epoch <= 30; epoch++) {
                bench.tap.hold(TIMEOUT);
                for (int i = 0; i < count; i++) {
                    long at = buffers + (long) i * bytes;
                    bench.front.ram.copyFrom(bench.front.at(at), ByteBuffer.wrap(Bench.pattern(i, bytes)));
                    bench.disk.submit(
                            1, GuestDisk.WRITE, i * bytes / 512, List.of(Buffer.readable(at, bytes)), at, bytes);
                }
                awaitHeld(bench, count);
                checkpoint(bench, epoch);
                bench.tap.release(epoch);
                bench.front.resetDevice();
                bench.front.ram.fill(bench.front.at(buffers), (long) count * bytes, (byte) 0xaa);
                bench.boot(Bench.FEATURES);
                bench.tap.passThrough();
                assertThat(bench.disk.status(bench.disk.flush(0))).isZero();
                byte[] disk = bench.onDisk(0, count * bytes);
                for (int i = 0; i < count; i++) {
                    byte[] there = Arrays.copyOfRange(disk, i * bytes, (i + 1) * bytes);
                    assertThat(Arrays.equals(there, new byte[bytes]) || Arrays.equals(there, Bench.pattern(i, bytes)))
                            .as("write %d of round %d is there, or is not", i, epoch)
                            .isTrue();
                }
            }
        }
    }

    @Test
    void aDroppedWriteThatHadBeenShippedIsRepaired() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            bench.tap.hold(TIMEOUT);
            bench.disk.write(0, 8, Bench.pattern(1, 4096));
            awaitHeld(bench, 1);
            checkpoint(bench, 1);
            bench.disk.write(0, 80, Bench.pattern(2, 4096));
            awaitHeld(bench, 2);
            bench.front.resetDevice();
            assertThat(bench.tap.takeRepairs())
                    .as("not before the next checkpoint")
                    .isEmpty();
            bench.boot(Bench.FEATURES);
            checkpoint(bench, 2);
            assertThat(bench.tap.takeRepairs()).containsExactly(new DiskExtent("root", 8 * 512, 4096));
            assertThat(bench.tap.takeRepairs()).isEmpty();
        }
    }

    @Test
    void aResetInTheWindowMeansNoRings() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            bench.tap.hold(TIMEOUT);
            bench.disk.write(0, 8, Bench.pattern(1, 4096));
            awaitHeld(bench, 1);
            checkpoint(bench, 1);
            bench.disk.write(0, 80, Bench.pattern(1, 4096));
            awaitHeld(bench, 2);
            bench.tap.prepare(2);
            bench.front.resetDevice();
            DeviceSnapshot device = bench.tap.snapshot(TIMEOUT).devices().get(0);
            assertThat(device.rings()).isEmpty();
            assertThat(device.incarnation()).isEqualTo(2);
            assertThat(bench.tap.held()).isZero();
            assertThat(bench.tap.takeRepairs()).containsExactly(new DiskExtent("root", 8 * 512, 4096));
            bench.boot(Bench.FEATURES);
            bench.tap.release(2);
            GuestDisk.Sent write = bench.disk.write(0, 8, Bench.pattern(3, 4096));
            awaitHeld(bench, 1);
            DeviceSnapshot next = checkpoint(bench, 3).devices().get(0);
            assertThat(next.incarnation()).isEqualTo(2);
            assertThat(next.rings().get(0).inFlight()).containsExactly(new InFlight(write.head(), 1));
            bench.tap.release(3);
            assertThat(bench.disk.status(write)).isZero();
        }
    }

    @Test
    void aResetAndANewDriverBeforeThePause() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            bench.tap.hold(TIMEOUT);
            bench.disk.write(0, 8, Bench.pattern(1, 4096));
            awaitHeld(bench, 1);
            bench.tap.prepare(1);
            bench.front.resetDevice();
            bench.boot(Bench.FEATURES);
            GuestDisk.Sent write = bench.disk.write(0, 16, Bench.pattern(2, 4096));
            bench.front.stop();
            bench.front.start(bench.front.features);
            DeviceSnapshot device = bench.tap.snapshot(TIMEOUT).devices().get(0);
            assertThat(device.incarnation()).isEqualTo(2);
            assertThat(device.rings().get(0).inFlight()).containsExactly(new InFlight(write.head(), 1));
            assertThat(bench.outputsHeld).hasValue(1);
            bench.tap.release(1);
            assertThat(bench.disk.status(write)).isZero();
            assertThat(bench.onDisk(8, 4096)).containsOnly(0);
        }
    }

    @Test
    void aResetAfterThePauseButBeforeTheSnapshot() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            bench.tap.hold(TIMEOUT);
            GuestDisk.Sent write = bench.disk.write(0, 8, Bench.pattern(1, 4096));
            awaitHeld(bench, 1);
            bench.tap.prepare(1);
            bench.front.stop();
            bench.front.start(bench.front.features);
            bench.front.resetDevice();
            DeviceSnapshot device = bench.tap.snapshot(TIMEOUT).devices().get(0);
            assertThat(device.incarnation()).isEqualTo(1);
            assertThat(device.rings().get(0).inFlight()).containsExactly(new InFlight(write.head(), 1));
            assertThat(bench.tap.takeRepairs())
                    .as("it is pending in this very checkpoint")
                    .isEmpty();
            bench.boot(Bench.FEATURES);
            bench.tap.release(1);
            checkpoint(bench, 2);
            assertThat(bench.tap.takeRepairs()).containsExactly(new DiskExtent("root", 8 * 512, 4096));
        }
    }

    @Test
    void aStopThatIsNoResetGoesOnFromTheInflightRegion() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            bench.tap.hold(TIMEOUT);
            GuestDisk.Sent write = bench.disk.write(0, 8, Bench.pattern(1, 4096));
            awaitHeld(bench, 1);
            bench.front.stop();
            bench.front.start(bench.front.features);
            awaitHeld(bench, 1);
            checkpoint(bench, 1);
            bench.tap.release(1);
            assertThat(bench.disk.status(write)).isZero();
            assertThat(bench.onDisk(8, 4096)).isEqualTo(Bench.pattern(1, 4096));
        }
    }

    @Test
    void whatHasBeenLetOutIsFinishedBeforeAReset() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            for (int round = 0; round < 20; round++) {
                byte[] data = Bench.pattern(round, 256 << 10);
                bench.disk.write(0, 0, data);
                GuestDisk.Sent taken = bench.disk.read(0, 1024, 512);
                bench.disk.status(taken);
                bench.front.resetDevice();
                assertThat(bench.onDisk(0, data.length)).isEqualTo(data);
                bench.boot(Bench.FEATURES);
            }
        }
    }

    @Test
    void aLostConnectionDuringACheckpointFailsIt() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            bench.tap.hold(TIMEOUT);
            bench.tap.prepare(1);
            bench.front.stop();
            bench.front.disconnect();
            bench.front.connect();
            assertThatThrownBy(() -> bench.tap.snapshot(TIMEOUT)).hasMessageContaining("connection was lost");
            bench.tap.cancel();
        }
    }

    @Test
    void aReconnectedDeviceGoesOnWithWhatWasInFlight() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            bench.disk.status(bench.disk.write(0, 0, Bench.pattern(0, 512)));
            bench.tap.hold(TIMEOUT);
            GuestDisk.Sent first = bench.disk.write(0, 8, Bench.pattern(1, 4096));
            GuestDisk.Sent second = bench.disk.write(0, 8, Bench.pattern(2, 4096));
            GuestDisk.Sent third = bench.disk.flush(0);
            awaitHeld(bench, 3);
            bench.front.disconnect();
            bench.front.connect();
            assertThat(bench.tap.held()).isZero();
            bench.front.bases.set(0, bench.front.rings.get(0).usedIndex());
            bench.front.start(bench.front.features);
            awaitHeld(bench, 3);
            GuestDisk.Sent fourth = bench.disk.write(0, 16, Bench.pattern(4, 4096));
            awaitHeld(bench, 4);
            bench.tap.passThrough();
            for (GuestDisk.Sent sent : java.util.List.of(first, second, third, fourth)) {
                assertThat(bench.disk.status(sent)).isZero();
            }
            assertThat(bench.onDisk(8, 4096)).isEqualTo(Bench.pattern(2, 4096));
            assertThat(bench.disk.status(bench.disk.read(0, 8, 512))).isZero();
        }
    }

    @Test
    void whatWasCompletedWhenTheFrontEndHadLookedAlreadyIsNotTakenAgain() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            bench.disk.status(bench.disk.write(0, 0, Bench.pattern(0, 512)));
            int found = bench.front.rings.get(0).usedIndex();
            bench.disk.status(bench.disk.write(0, 8, Bench.pattern(1, 512)));
            bench.front.disconnect();
            bench.front.connect();
            bench.front.bases.set(0, found);
            bench.front.start(bench.front.features);
            assertThat(bench.disk.status(bench.disk.write(0, 8, Bench.pattern(2, 512))))
                    .isZero();
            assertThat(bench.onDisk(8, 512)).isEqualTo(Bench.pattern(2, 512));
            assertThat(bench.broken).isEmpty();
        }
    }

    @Test
    void nothingIsCompletedOnceAClosedTapHasHungUp() throws Exception {
        for (int round = 0; round < 20; round++) {
            try (Bench bench = new Bench(directory).booted()) {
                for (int i = 0; i < 15; i++) {
                    bench.disk.write(0, 1024L * (i % 4), Bench.pattern(i, 256 << 10));
                }
                Thread closer = new Thread(bench.tap::close, "closer");
                closer.start();
                bench.front.awaitHangUp();
                int found = bench.front.rings.get(0).usedIndex();
                closer.join();
                assertThat(bench.front.rings.get(0).usedIndex()).isEqualTo(found);
            }
        }
    }

    @Test
    void aFrontEndThatBreaksTheProtocolIsLeftForTheNext() throws IOException {
        try (Bench bench = new Bench(directory).booted()) {
            bench.disk.status(bench.disk.write(0, 8, Bench.pattern(1, 512)));
            for (int fault = 0; fault < 5; fault++) {
                switch (fault) {
                    case 0 -> bench.front.tell(8, new byte[] {99, 0, 0, 0, 64, 0, 0, 0});
                    case 1 -> bench.front.tell(8, new byte[3]);
                    case 2 -> bench.front.tell(2, new byte[] {-1, -1, -1, -1, -1, -1, -1, -1});
                    case 3 -> bench.front.tell(12, new byte[8]);
                    default -> bench.front.tellRaw(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
                }
                assertThatThrownBy(() -> bench.front.isAnswered()).isInstanceOf(IOException.class);
                bench.front.connect();
                bench.front.forget();
                bench.boot(Bench.FEATURES);
                GuestDisk.Sent read = bench.disk.read(0, 8, 512);
                assertThat(bench.disk.status(read)).isZero();
                assertThat(bench.disk.data(read)).isEqualTo(Bench.pattern(1, 512));
            }
        }
    }
}
