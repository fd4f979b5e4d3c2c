package org.kemari.virtio.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.kemari.virtio.testing.DriverRing;
import org.kemari.virtio.testing.DriverRing.Buffer;
import org.kemari.virtio.testing.Guest;

class RingPropertiesTest {
    private static final long BASE = 0x10_0000;
    private static final long SIZE = 0x4_0000;
    private static final long TABLES = BASE + 0x4000;
    private static final long DATA = BASE + 0x2_0000;
    private static final long ALL = RingFeatures.EVENT_IDX | RingFeatures.INDIRECT_DESC | RingFeatures.VERSION_1;

    /** Random requests, taken and completed in random order, come through as they were and exactly once. */
    @Property(tries = 200)
    void requestsComeThroughUnchanged(
            @ForAll long seed,
            @ForAll @IntRange(min = 0, max = 9) int sizeBits,
            @ForAll @IntRange(min = 0, max = 65_535) int start)
            throws Exception {
        Random random = new Random(seed);
        try (Guest guest = new Guest(BASE, SIZE)) {
            DriverRing driver = guest.ring(BASE, 1 << sizeBits, random.nextBoolean(), start);
            long features = random.nextBoolean() ? ALL : RingFeatures.INDIRECT_DESC;
            Virtqueue queue = new Virtqueue(guest.memory(), driver.layout(), features, start);
            DescriptorChain chain = new DescriptorChain();
            List<Integer> order = new ArrayList<>();
            List<Integer> taken = new ArrayList<>();
            Map<Integer, Long> completed = new HashMap<>();
            for (int step = 0; step < 200; step++) {
                switch (random.nextInt(4)) {
                    case 0 -> {
                        List<Buffer> buffers = buffers(random);
                        if (driver.freeDescriptors() > 0) {
                            boolean direct = buffers.size() <= driver.freeDescriptors() && random.nextBoolean();
                            order.add(
                                    direct
                                            ? driver.add(buffers)
                                            : driver.addIndirect(TABLES + 128L * driver.nextFree(), buffers));
                        }
                    }
                    case 1 -> {
                        driver.show();
                        if (queue.pop(chain)) {
                            int head = order.remove(0);
                            assertThat(chain.head()).isEqualTo(head);
                            taken.add(head);
                        }
                    }
                    case 2 -> {
                        if (!taken.isEmpty()) {
                            int head = taken.remove(random.nextInt(taken.size()));
                            queue.pushUsed(head, head * 3L);
                            completed.put(head, head * 3L);
                        }
                    }
                    default -> {
                        queue.publish();
                        while (true) {
                            var used = driver.poll();
                            if (used.isEmpty()) {
                                break;
                            }
                            assertThat(completed.remove(used.get().head()))
                                    .isEqualTo(used.get().length());
                        }
                        assertThat(completed).isEmpty();
                    }
                }
                assertThat(queue.inFlight()).isEqualTo(taken.size());
            }
            assertThat(guest.guardsIntact()).isTrue();
        }
    }

    @Property(tries = 200)
    void buffersComeThroughUnchanged(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        try (Guest guest = new Guest(BASE, SIZE)) {
            DriverRing driver = guest.ring(BASE, 64, false, 0);
            Virtqueue queue = new Virtqueue(guest.memory(), driver.layout(), ALL & ~RingFeatures.EVENT_IDX, 0);
            DescriptorChain chain = new DescriptorChain();
            for (int i = 0; i < 20; i++) {
                List<Buffer> buffers = buffers(random);
                int head = random.nextBoolean() ? driver.addIndirect(TABLES, buffers) : driver.add(buffers);
                driver.show();
                assertThat(queue.pop(chain)).isTrue();
                List<Buffer> seen = new ArrayList<>();
                collect(guest, chain.readable(), false, seen);
                collect(guest, chain.writable(), true, seen);
                assertThat(seen).isEqualTo(buffers);
                queue.pushUsed(head, 0);
                queue.publish();
                driver.poll();
            }
        }
    }

    private static void collect(Guest guest, Segments segments, boolean writable, List<Buffer> into) {
        for (int i = 0; i < segments.count(); i++) {
            into.add(new Buffer(segments.offset(i) + guest.driverBase(), segments.length(i), writable));
        }
    }

    private static List<Buffer> buffers(Random random) {
        int readable = random.nextInt(4);
        int writable = random.nextInt(4) + (readable == 0 ? 1 : 0);
        List<Buffer> buffers = new ArrayList<>();
        for (int i = 0; i < readable + writable; i++) {
            long length = 1 + random.nextInt(5000);
            buffers.add(new Buffer(DATA + random.nextInt(100_000), length, i >= readable));
        }
        return buffers;
    }

    /** A ring full of noise is refused or walked, but nothing outside the guest is ever touched. */
    @Property(tries = 2000)
    void noiseNeverEscapesGuestMemory(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        try (Guest guest = new Guest(BASE, 0x8000)) {
            int size = 1 << random.nextInt(9);
            DriverRing driver = guest.ring(BASE, size, true, 0);
            for (int i = 0; i < size; i++) {
                driver.descriptor(i, noise(random), length(random), random.nextInt(8), random.nextInt(size + 1));
                driver.offer(random.nextInt(20) == 0 ? random.nextInt(65_536) : random.nextInt(size));
            }
            driver.setAvailIndex(random.nextInt(5) == 0 ? random.nextInt(65_536) : size);
            Virtqueue queue = new Virtqueue(guest.memory(), driver.layout(), ALL, 0);
            DescriptorChain chain = new DescriptorChain();
            try {
                while (queue.pop(chain)) {
                    Segments writable = chain.writable();
                    for (int i = 0; i < writable.count(); i++) {
                        guest.mapping().fill(writable.offset(i), writable.length(i), (byte) 0x77);
                    }
                    if (chain.readable().bytes() > 0) {
                        chain.readable().getByte(chain.readable().bytes() - 1);
                    }
                    queue.pushUsed(chain.head(), writable.bytes());
                    queue.publish();
                    queue.shouldNotify();
                }
            } catch (RingException e) {
                assertThat(e).hasMessageMatching("(?s).{10,}");
            }
            assertThat(guest.guardsIntact()).isTrue();
        }
    }

    private static long noise(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> random.nextLong();
            case 1 -> BASE - random.nextInt(64);
            case 2 -> BASE + 0x8000 - random.nextInt(64);
            default -> BASE + random.nextInt(0x8000);
        };
    }

    private static long length(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> random.nextInt() & 0xffffffffL;
            case 1 -> 0;
            case 2, 3 -> 16L * random.nextInt(32);
            default -> random.nextInt(256);
        };
    }

    @Property
    void anEventIsReachedExactlyWhenTheIndexPassesIt(
            @ForAll @IntRange(min = 0, max = 65_535) int from,
            @ForAll @IntRange(min = 0, max = 65_535) int steps,
            @ForAll @IntRange(min = 0, max = 65_535) int ahead) {
        int to = (from + steps) & 0xffff;
        int event = (from + ahead) & 0xffff;
        assertThat(Virtqueue.reached(event, to, from)).isEqualTo(ahead < steps);
    }
}
