package org.kemari.virtio.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.kemari.virtio.testing.DriverRing.INDIRECT;
import static org.kemari.virtio.testing.DriverRing.NEXT;
import static org.kemari.virtio.testing.DriverRing.WRITE;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.kemari.virtio.testing.DriverRing;
import org.kemari.virtio.testing.DriverRing.Buffer;
import org.kemari.virtio.testing.Guest;

class DescriptorChainTest {
    private static final long BASE = 0x4000_0000L;
    private static final long DATA = BASE + 0x8000;
    private static final long TABLE = BASE + 0x1000;

    private final Guest guest = new Guest(BASE, 0x4_0000);
    private final DriverRing driver = guest.ring(BASE, 16, false, 0);
    private final DescriptorChain chain = new DescriptorChain();

    @AfterEach
    void close() {
        assertThat(guest.guardsIntact()).isTrue();
        guest.close();
    }

    private void pop() throws RingException {
        pop(RingFeatures.VERSION_1 | RingFeatures.INDIRECT_DESC);
    }

    private void pop(long features) throws RingException {
        driver.offer(0);
        driver.show();
        assertThat(new Virtqueue(guest.memory(), driver.layout(), features, 0).pop(chain))
                .isTrue();
    }

    private void assertFault(String reason) {
        assertThatThrownBy(this::pop).isInstanceOf(RingException.class).hasMessageContaining(reason);
    }

    @Test
    void directDescriptorsMayEndInAnIndirectTable() throws Exception {
        driver.descriptor(0, DATA, 16, NEXT, 5);
        driver.descriptor(5, TABLE, 32, INDIRECT | WRITE, 0);
        driver.rawDescriptor(TABLE, DATA + 100, 100, NEXT, 1);
        driver.rawDescriptor(TABLE + 16, DATA + 200, 1, WRITE, 0);
        pop();
        assertThat(chain.readable().count()).isEqualTo(2);
        assertThat(chain.readable().bytes()).isEqualTo(116);
        assertThat(chain.writable().bytes()).isEqualTo(1);
    }

    @Test
    void anIndirectTableMayBeLongerThanTheRing() throws Exception {
        List<Buffer> buffers = new ArrayList<>();
        for (int i = 0; i < DescriptorChain.MAX_INDIRECT_LENGTH; i++) {
            buffers.add(Buffer.readable(DATA + i, 1));
        }
        driver.addIndirect(TABLE, buffers);
        driver.show();
        Virtqueue queue = new Virtqueue(guest.memory(), driver.layout(), RingFeatures.INDIRECT_DESC, 0);
        assertThat(queue.pop(chain)).isTrue();
        assertThat(chain.readable().count()).isEqualTo(1024);
    }

    @Test
    void butNotWithoutEnd() {
        List<Buffer> buffers = new ArrayList<>();
        for (int i = 0; i <= DescriptorChain.MAX_INDIRECT_LENGTH; i++) {
            buffers.add(Buffer.readable(DATA + i, 1));
        }
        driver.addIndirect(TABLE, buffers);
        assertFault("more than 1024 descriptors");
    }

    @Test
    void loops() {
        driver.descriptor(0, DATA, 16, NEXT, 1);
        driver.descriptor(1, DATA, 16, NEXT, 0);
        assertFault("loops");
    }

    @Test
    void loopInAnIndirectTable() {
        driver.descriptor(0, TABLE, 32, INDIRECT, 0);
        driver.rawDescriptor(TABLE, DATA, 1, NEXT, 1);
        driver.rawDescriptor(TABLE + 16, DATA, 1, NEXT, 0);
        assertFault("loops");
    }

    @Test
    void nextBeyondTheTable() {
        driver.descriptor(0, DATA, 16, NEXT, 16);
        assertFault("index 16 is beyond the table of 16");
    }

    @Test
    void nextBeyondTheIndirectTable() {
        driver.descriptor(0, TABLE, 32, INDIRECT, 0);
        driver.rawDescriptor(TABLE, DATA, 1, NEXT, 2);
        assertFault("index 2 is beyond the table of 2");
    }

    @Test
    void headBeyondTheTable() {
        driver.offer(16);
        assertFault("head 16 is beyond");
    }

    @Test
    void zeroLength() {
        driver.descriptor(0, DATA, 0, 0, 0);
        assertFault("zero length");
    }

    @Test
    void indirectInsideIndirect() {
        driver.descriptor(0, TABLE, 16, INDIRECT, 0);
        driver.rawDescriptor(TABLE, TABLE, 16, INDIRECT, 0);
        assertFault("inside an indirect table");
    }

    @Test
    void indirectWithNext() {
        driver.descriptor(0, TABLE, 16, INDIRECT | NEXT, 1);
        assertFault("indirect descriptor with a next one");
    }

    @Test
    void indirectOfOddLength() {
        driver.descriptor(0, TABLE, 17, INDIRECT, 0);
        assertFault("indirect table of 17 bytes");
    }

    @Test
    void emptyIndirect() {
        driver.descriptor(0, TABLE, 0, INDIRECT, 0);
        assertFault("indirect table of 0 bytes");
    }

    @Test
    void indirectTableOutsideMemory() {
        driver.descriptor(0, BASE + guest.size() - 16, 32, INDIRECT, 0);
        assertFault("not guest memory");
    }

    @Test
    void hugeIndirectTable() {
        driver.descriptor(0, TABLE, 0xffff_fff0L, INDIRECT, 0);
        assertFault("not guest memory");
    }

    @Test
    void indirectWithoutNegotiation() {
        driver.descriptor(0, TABLE, 16, INDIRECT, 0);
        assertThatThrownBy(() -> pop(RingFeatures.VERSION_1)).hasMessageContaining("not negotiated");
    }

    @Test
    void outsideMemory() {
        driver.descriptor(0, BASE + guest.size() - 8, 9, 0, 0);
        assertFault("not guest memory");
    }

    @Test
    void belowMemory() {
        driver.descriptor(0, BASE - 1, 1, 0, 0);
        assertFault("not guest memory");
    }

    @Test
    void addressPlusLengthOverflows() {
        driver.descriptor(0, -8, 0xffff_ffffL, 0, 0);
        assertFault("not guest memory");
    }

    @Test
    void hugeLength() {
        driver.descriptor(0, DATA, 0xffff_ffffL, 0, 0);
        assertFault("not guest memory");
    }

    @Test
    void writableBeforeReadable() {
        driver.descriptor(0, DATA, 1, NEXT | WRITE, 1);
        driver.descriptor(1, DATA, 1, 0, 0);
        assertFault("readable descriptor after a writable one");
    }
}
