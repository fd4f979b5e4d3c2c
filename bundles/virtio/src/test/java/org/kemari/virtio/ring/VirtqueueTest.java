package org.kemari.virtio.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.kemari.virtio.testing.DriverRing.Buffer.readable;
import static org.kemari.virtio.testing.DriverRing.Buffer.writable;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kemari.api.tap.MemoryRegion;
import org.kemari.linux.DirtyBitmap;
import org.kemari.virtio.testing.DriverRing;
import org.kemari.virtio.testing.Guest;

class VirtqueueTest {
    private static final long BASE = 0x1_0000;
    private static final long DATA = BASE + 0x8000;
    private static final long EVENT = RingFeatures.EVENT_IDX | RingFeatures.VERSION_1;

    private final Guest guest = new Guest(BASE, 0x2_0000);
    private final DescriptorChain chain = new DescriptorChain();

    @AfterEach
    void close() {
        assertThat(guest.guardsIntact()).isTrue();
        guest.close();
    }

    private DriverRing driver(int size, boolean eventIndex, int start) {
        return guest.ring(BASE, size, eventIndex, start);
    }

    private Virtqueue queue(DriverRing driver, long features) throws RingException {
        return new Virtqueue(guest.memory(), driver.layout(), features, driver.availIndex());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 65_530})
    void requestsGoThroughAndComeBackInAnyOrder(int start) throws Exception {
        DriverRing driver = driver(8, true, start);
        Virtqueue queue = queue(driver, EVENT);
        for (int round = 0; round < 20; round++) {
            int a = driver.add(List.of(readable(DATA, 16), writable(DATA + 16, 512), writable(DATA + 1024, 1)));
            int b = driver.add(List.of(readable(DATA + 2048, 5)));
            driver.show();
            assertThat(queue.pop(chain)).isTrue();
            assertThat(chain.head()).isEqualTo(a);
            assertThat(chain.readable().bytes()).isEqualTo(16);
            assertThat(chain.writable().bytes()).isEqualTo(513);
            assertThat(chain.writable().offset(1)).isEqualTo(guest.at(DATA + 1024));
            assertThat(queue.pop(chain)).isTrue();
            assertThat(chain.head()).isEqualTo(b);
            assertThat(queue.pop(chain)).isFalse();
            assertThat(queue.inFlight()).isEqualTo(2);
            queue.pushUsed(b, 0);
            queue.pushUsed(a, 513);
            assertThat(driver.poll()).isEmpty();
            queue.publish();
            assertThat(driver.poll()).contains(new DriverRing.Used(b, 0));
            assertThat(driver.poll()).contains(new DriverRing.Used(a, 513));
            assertThat(driver.poll()).isEmpty();
        }
        assertThat(queue.availIndex()).isEqualTo((start + 40) & 0xffff);
        assertThat(queue.usedIndex()).isEqualTo(driver.usedIndex());
    }

    @Test
    void withoutEventIndexFlagsSuppressNotifications() throws Exception {
        DriverRing driver = driver(4, false, 0);
        Virtqueue queue = queue(driver, RingFeatures.VERSION_1);
        queue.disableNotifications();
        int head = driver.add(List.of(readable(DATA, 1)));
        assertThat(driver.show()).isFalse();
        assertThat(queue.enableNotifications()).isTrue();
        queue.pop(chain);
        assertThat(queue.enableNotifications()).isFalse();
        queue.pushUsed(head, 0);
        queue.publish();
        assertThat(queue.shouldNotify()).isTrue();
        driver.setAvailFlags(1);
        assertThat(queue.shouldNotify()).isFalse();
        driver.add(List.of(readable(DATA, 1)));
        assertThat(driver.show()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 65_533, 65_535})
    void signalsOnlyWhenTheDriversEventIsPassed(int start) throws Exception {
        DriverRing driver = driver(8, true, start);
        Virtqueue queue = queue(driver, EVENT);
        complete(driver, queue);
        assertThat(queue.shouldNotify())
                .as("the first one, whatever was signalled before our time")
                .isTrue();
        driver.poll();
        driver.armSignal();
        complete(driver, queue);
        assertThat(queue.shouldNotify()).isTrue();
        assertThat(queue.shouldNotify()).as("once").isFalse();
        complete(driver, queue);
        assertThat(queue.shouldNotify()).as("not armed").isFalse();
        driver.poll();
        driver.setUsedEvent(driver.lastUsed() + 2);
        complete(driver, queue);
        complete(driver, queue);
        assertThat(queue.shouldNotify()).isTrue();
    }

    /** A driver may poll for long before it goes to sleep: exactly once round must not look like no way at all. */
    @Test
    void aWholeRoundWithoutASignalIsNotForgotten() throws Exception {
        DriverRing driver = driver(8, true, 0);
        Virtqueue queue = queue(driver, EVENT);
        complete(driver, queue);
        assertThat(queue.shouldNotify()).isTrue();
        driver.poll();
        driver.setUsedEvent(driver.lastUsed() - 1);
        for (int i = 0; i < 65_535; i++) {
            complete(driver, queue);
            assertThat(queue.shouldNotify()).isFalse();
            driver.poll();
        }
        driver.armSignal();
        complete(driver, queue);
        assertThat(queue.shouldNotify()).isTrue();
    }

    /** A driver that arms its event late, for something already published, must not wait for ever. */
    @Test
    void whatWasNotSignalledCountsWithTheNextCompletion() throws Exception {
        DriverRing driver = driver(8, true, 65_534);
        Virtqueue queue = queue(driver, EVENT);
        complete(driver, queue);
        queue.shouldNotify();
        driver.poll();
        driver.setUsedEvent(driver.lastUsed() + 100);
        complete(driver, queue);
        assertThat(queue.shouldNotify()).isFalse();
        driver.armSignal();
        assertThat(queue.shouldNotify()).isTrue();
    }

    private void complete(DriverRing driver, Virtqueue queue) throws RingException {
        int head = driver.add(List.of(readable(DATA, 1)));
        driver.show();
        assertThat(queue.pop(chain)).isTrue();
        queue.pushUsed(head, 0);
        queue.publish();
    }

    @Test
    void kicksAreAskedForAtTheNextEntry() throws Exception {
        DriverRing driver = driver(8, true, 65_535);
        Virtqueue queue = queue(driver, EVENT);
        assertThat(queue.enableNotifications()).isFalse();
        driver.add(List.of(readable(DATA, 1)));
        assertThat(driver.show()).isTrue();
        driver.add(List.of(readable(DATA, 1)));
        assertThat(driver.show()).as("already kicked").isFalse();
        assertThat(queue.enableNotifications()).isTrue();
        queue.pop(chain);
        queue.pop(chain);
        assertThat(queue.enableNotifications()).isFalse();
        driver.add(List.of(readable(DATA, 1)));
        assertThat(driver.show()).isTrue();
    }

    @Test
    void goesOnFromAPositionWithRequestsInFlight() throws Exception {
        DriverRing driver = driver(8, true, 0);
        Virtqueue first = queue(driver, EVENT);
        int a = driver.add(List.of(readable(DATA, 1)));
        int b = driver.add(List.of(readable(DATA + 1, 1)));
        int c = driver.add(List.of(readable(DATA + 2, 1)));
        driver.show();
        first.pop(chain);
        first.pop(chain);
        first.pushUsed(b, 0);
        first.publish();

        Virtqueue second = new Virtqueue(guest.memory(), driver.layout(), EVENT, first.availIndex());
        assertThat(second.inFlight()).isEqualTo(1);
        second.load(a, chain);
        assertThat(chain.readable().offset(0)).isEqualTo(guest.at(DATA));
        assertThat(second.pop(chain)).isTrue();
        assertThat(chain.head()).isEqualTo(c);
        second.pushUsed(a, 0);
        second.pushUsed(c, 0);
        second.publish();
        assertThat(second.inFlight()).isZero();
        assertThat(driver.usedIndex()).isEqualTo(3);
        assertThatThrownBy(() -> second.pushUsed(a, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void indicesThatJumpBreakTheRing() throws Exception {
        DriverRing driver = driver(8, true, 0);
        Virtqueue queue = queue(driver, EVENT);
        driver.setAvailIndex(9);
        assertThatThrownBy(() -> queue.pop(chain)).hasMessageContaining("jumped from 0 to 9");
        driver.setAvailIndex(65_535);
        assertThatThrownBy(queue::enableNotifications).isInstanceOf(RingException.class);
        driver.setUsedIndex(100);
        assertThatThrownBy(() -> queue(driver, EVENT)).hasMessageContaining("do not go together");
    }

    @Test
    void scribblingOnTheUsedIndexDoesNotConfuseARunningRing() throws Exception {
        DriverRing driver = driver(8, true, 0);
        Virtqueue queue = queue(driver, EVENT);
        driver.setUsedIndex(7777);
        int head = driver.add(List.of(readable(DATA, 1)));
        driver.show();
        queue.pop(chain);
        queue.pushUsed(head, 0);
        queue.publish();
        assertThat(driver.usedIndex()).isEqualTo(1);
    }

    @Test
    void takingMoreThanTheRingHasWithoutCompletingIsAFault() throws Exception {
        DriverRing driver = driver(2, true, 0);
        Virtqueue queue = queue(driver, EVENT);
        int head = driver.add(List.of(readable(DATA, 1)));
        driver.offer(head);
        driver.show();
        queue.pop(chain);
        queue.pop(chain);
        driver.offer(head);
        driver.show();
        assertThatThrownBy(() -> queue.pop(chain)).hasMessageContaining("more requests than");
        assertThat(queue.availIndex()).isEqualTo(2);
    }

    @Test
    void ringsInTheWrongPlaceAreRefused() {
        long end = BASE + guest.size();
        assertRefused(new RingLayout(3, BASE, BASE + 256, BASE + 512), "power of two");
        assertRefused(new RingLayout(0, BASE, BASE + 256, BASE + 512), "power of two");
        assertRefused(new RingLayout(65_536, BASE, BASE + 256, BASE + 512), "power of two");
        assertRefused(new RingLayout(Integer.MIN_VALUE, BASE, BASE + 256, BASE + 512), "2147483648");
        assertRefused(new RingLayout(8, BASE + 8, BASE + 256, BASE + 512), "descriptor table");
        assertRefused(new RingLayout(8, BASE, BASE + 257, BASE + 512), "available ring");
        assertRefused(new RingLayout(8, BASE, BASE + 256, BASE + 514), "used ring");
        assertRefused(new RingLayout(8, end - 112, BASE, BASE + 512), "descriptor table");
        assertRefused(new RingLayout(8, BASE, end - 20, BASE + 512), "available ring");
        assertRefused(new RingLayout(8, BASE, BASE + 256, end - 68), "used ring");
        assertRefused(new RingLayout(8, -16, BASE, BASE + 256), "descriptor table");
    }

    private void assertRefused(RingLayout layout, String reason) {
        assertThatThrownBy(() -> new Virtqueue(guest.memory(), layout, EVENT, 0))
                .isInstanceOf(RingException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void everyPageOfTheUsedRingThatIsWrittenIsMarked(@TempDir Path dir) throws Exception {
        try (DirtyBitmap dirty = DirtyBitmap.open(dir.resolve("dirty"), 64)) {
            GuestMemory memory = GuestMemory.ofFile(
                    guest.mapping(),
                    List.of(new MemoryRegion(BASE, guest.size(), Guest.GUARD_BYTES)),
                    Optional.of(dirty));
            DriverRing driver = driver(1024, true, 0);
            Virtqueue queue = new Virtqueue(memory, driver.layout(), EVENT, 0);
            long usedAt = guest.at(driver.layout().usedRing());
            for (int i = 0; i < 1024; i++) {
                driver.add(List.of(readable(DATA, 1)));
            }
            driver.show();
            while (queue.pop(chain)) {
                queue.pushUsed(chain.head(), 0);
            }
            dirty.clearAll();
            queue.publish();
            long first = usedAt / 4096;
            long last = (usedAt + 4 + 8 * 1024 - 1) / 4096;
            assertThat(last).isGreaterThan(first);
            for (long page = first; page <= last; page++) {
                assertThat(dirty.isMarked(page)).isTrue();
            }
            assertThat(dirty.count()).isEqualTo(last - first + 1);
            dirty.clearAll();
            queue.enableNotifications();
            assertThat(dirty.isMarked((usedAt + 4 + 8 * 1024) / 4096)).isTrue();
        }
    }
}
