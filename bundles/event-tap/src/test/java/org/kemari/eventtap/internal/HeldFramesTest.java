package org.kemari.eventtap.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.kemari.linux.IoVectors;
import org.kemari.virtio.ring.DescriptorChain;
import org.kemari.virtio.ring.RingException;
import org.kemari.virtio.ring.Segments;
import org.kemari.virtio.ring.Virtqueue;
import org.kemari.virtio.testing.DriverRing;
import org.kemari.virtio.testing.Guest;

class HeldFramesTest {
    private static final long BUFFER = 0x2000;

    /** The bytes of a frame of this length, as segments of guest memory. */
    private static Segments frame(Guest guest, int length, byte value) throws RingException {
        guest.mapping().fill(guest.at(BUFFER), length, value);
        DriverRing ring = guest.ring(0x1000, 4, false, 0);
        ring.add(List.of(DriverRing.Buffer.readable(BUFFER, length)));
        ring.show();
        DescriptorChain chain = new DescriptorChain();
        new Virtqueue(guest.memory(), ring.layout(), 0, 0).pop(chain);
        return chain.readable();
    }

    @Test
    void keepsFramesInOrderWithinItsBounds() throws IOException, RingException {
        Random random = new Random(7);
        try (Guest guest = new Guest(0x1000, 1 << 16);
                HeldFrames held = new HeldFrames("web", 10_000);
                IoVectors vectors = new IoVectors(4)) {
            Segments empty = new Segments();
            empty.clear(guest.memory());
            Deque<Integer> expected = new ArrayDeque<>();
            long bytes = 0;
            long refused = 0;
            for (long sequence = 1; sequence < 20_000; sequence++) {
                int length = 1 + random.nextInt(400);
                if (held.add(empty, 0, frame(guest, length, (byte) 1), sequence, 0)) {
                    expected.add(length);
                    bytes += length;
                } else {
                    refused++;
                    assertThat(bytes + 2 * 400).as("it is full").isGreaterThan(9_000);
                }
                assertThat(bytes).isLessThanOrEqualTo(10_000);
                while (!expected.isEmpty() && random.nextInt(100) < 49) {
                    held.first(vectors);
                    assertThat(vectors.bytes()).isEqualTo(expected.element().longValue());
                    held.removeFirst();
                    bytes -= expected.remove();
                }
                assertThat(held.count()).isEqualTo(expected.size());
                assertThat(held.isEmpty()).isEqualTo(expected.isEmpty());
            }
            assertThat(refused).isPositive();
        }
    }

    @Test
    void countsWhatComesAfterANumber() throws IOException, RingException {
        try (Guest guest = new Guest(0x1000, 1 << 16);
                HeldFrames held = new HeldFrames("web", 1 << 20)) {
            Segments empty = new Segments();
            empty.clear(guest.memory());
            for (long sequence = 10; sequence < 1010; sequence += 2) {
                held.add(empty, 2, frame(guest, 60, (byte) 1), sequence, 0);
            }
            assertThat(held.countAfter(0)).isEqualTo(500);
            assertThat(held.countAfter(10)).isEqualTo(499);
            assertThat(held.countAfter(11)).isEqualTo(499);
            assertThat(held.countAfter(2000)).isZero();
            held.removeFirst();
            assertThat(held.firstSequence()).isEqualTo(12);
            assertThat(held.countAfter(0)).isEqualTo(499);
        }
    }
}
