package org.kemari.eventtap.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.kemari.eventtap.internal.HoldTest.TIMEOUT;
import static org.kemari.eventtap.internal.HoldTest.awaitHeld;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.tap.DeviceSnapshot;
import org.kemari.api.tap.RingSnapshot;
import org.kemari.api.tap.TapSnapshot;

/** A checkpoint of one tap, taken over by another one. */
class RestoreTest {
    @TempDir
    Path directory;

    /** What the standby has: memory and snapshot of the same pause. */
    private static TapSnapshot checkpointTo(Bench west, Bench east) throws IOException {
        east.tap.prepare(1);
        List<Integer> bases = east.front.stop();
        east.front.copyMemoryTo(west.front);
        west.front.bases.clear();
        west.front.bases.addAll(bases);
        east.front.start(east.front.features);
        return east.tap.snapshot(TIMEOUT);
    }

    @Test
    void pendingRequestsAreExecutedAndCompletedOnce() throws IOException {
        try (Bench east = new Bench(directory.resolve("east"), 2, false).booted();
                Bench west = new Bench(directory.resolve("west"), 2, false)) {
            west.front.connect();
            west.makeRings(Bench.FEATURES);
            for (int i = 0; i < 30; i++) {
                east.disk.status(east.disk.write(i % 2, 100, Bench.pattern(i, 512)));
            }
            east.tap.hold(TIMEOUT);
            List<GuestDisk.Sent> sent = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                // Both rings write the same place: only the order in which they were taken decides.
                sent.add(east.disk.write(i % 2, 8, Bench.pattern(1000 + i, 4096)));
                awaitHeld(east, i + 1);
            }
            sent.add(east.disk.read(0, 8, 4096));
            TapSnapshot snapshot = checkpointTo(west, east);
            east.tap.close();
            assertThat(east.onDisk(8, 4096)).containsOnly(0);

            west.tap.restore(snapshot);
            west.front.start(Bench.FEATURES);
            for (GuestDisk.Sent s : sent) {
                await().atMost(Duration.ofSeconds(5))
                        .until(() -> west.front.ram.getByte(west.front.at(s.status())) == 0);
            }
            assertThat(west.onDisk(8, 4096)).isEqualTo(Bench.pattern(1009, 4096));
            assertThat(west.front.rings.get(0).usedIndex()
                            + west.front.rings.get(1).usedIndex())
                    .isEqualTo(30 + 11);
            byte[] read = new byte[4096];
            west.front.ram.copyTo(west.front.at(sent.get(10).data()), java.nio.ByteBuffer.wrap(read));
            assertThat(read).isEqualTo(Bench.pattern(1009, 4096));
            assertThat(west.broken).isEmpty();
        }
    }

    @Test
    void theRingsGoOnWhereTheSnapshotEnds() throws IOException {
        try (Bench east = new Bench(directory.resolve("east")).booted();
                Bench west = new Bench(directory.resolve("west"))) {
            west.front.connect();
            west.makeRings(Bench.FEATURES);
            east.disk.status(east.disk.write(0, 100, Bench.pattern(1, 512)));
            TapSnapshot snapshot = checkpointTo(west, east);
            west.tap.restore(snapshot);
            west.front.start(Bench.FEATURES);
            // The driver of the copied memory: one more request after what it had.
            var ring = west.front.rings.get(0);
            int head = 40;
            long header = FrontEnd.BASE + 0x20_0000;
            west.front.ram.putInt(west.front.at(header), GuestDisk.FLUSH);
            west.front.ram.putByte(west.front.at(header + 64), (byte) 0xee);
            ring.descriptor(head, header, 16, 1, head + 1);
            ring.descriptor(head + 1, header + 64, 1, 2, 0);
            west.front.ram.putShort(west.front.at(ring.layout().availRing() + 4 + 2), (short) head);
            ring.setAvailIndex(2);
            west.front.kick(0);
            await().atMost(Duration.ofSeconds(5)).until(() -> west.front.ram.getByte(west.front.at(header + 64)) == 0);
            assertThat(ring.usedIndex()).isEqualTo(2);
        }
    }

    @Test
    void aSnapshotThatDoesNotFitTheHypervisorsStateIsNotUsed() throws IOException {
        try (Bench east = new Bench(directory.resolve("east")).booted();
                Bench west = new Bench(directory.resolve("west"))) {
            west.front.connect();
            west.makeRings(Bench.FEATURES);
            east.tap.hold(TIMEOUT);
            GuestDisk.Sent sent = east.disk.write(0, 8, Bench.pattern(1, 4096));
            awaitHeld(east, 1);
            TapSnapshot snapshot = checkpointTo(west, east);
            west.tap.restore(snapshot);
            west.front.bases.set(0, 0);
            west.front.start(Bench.FEATURES);
            await().atMost(Duration.ofSeconds(5))
                    .until(() -> west.tap.status().get(0).state().startsWith("broken"));
            assertThat(west.tap.status().get(0).state()).contains("ring 0 starts at 0, was at 1");
            assertThat(west.front.isAnswered()).isTrue();
            assertThat(west.front.ram.getByte(west.front.at(sent.status()))).isEqualTo((byte) 0xee);
            assertThat(west.onDisk(8, 4096)).containsOnly(0);
        }
    }

    @Test
    void aSnapshotOfAnotherDomainIsRefused() throws IOException {
        try (Bench west = new Bench(directory)) {
            assertThatThrownBy(() -> west.tap.restore(new TapSnapshot(List.of(), List.of())))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("1 tapped devices");
            TapSnapshot strange = new TapSnapshot(
                    List.of(),
                    List.of(new DeviceSnapshot(
                            "data", org.kemari.api.tap.DeviceKind.BLOCK, 0, 1, List.<RingSnapshot>of())));
            assertThatThrownBy(() -> west.tap.restore(strange)).hasMessageContaining("BLOCK root");
        }
    }
}
