package org.kemari.virtio.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.kemari.virtio.testing.DriverRing.Buffer.readable;
import static org.kemari.virtio.testing.DriverRing.Buffer.writable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.kemari.virtio.block.BlockRequest.Type;
import org.kemari.virtio.ring.DescriptorChain;
import org.kemari.virtio.ring.RingException;
import org.kemari.virtio.ring.Virtqueue;
import org.kemari.virtio.testing.DriverRing;
import org.kemari.virtio.testing.DriverRing.Buffer;
import org.kemari.virtio.testing.Guest;

class BlockRequestTest {
    private static final long BASE = 0x1_0000;
    static final long HEADER = BASE + 0x2000;
    static final long DATA = BASE + 0x4000;
    private static final long STATUS = BASE + 0x2100;
    static final BlockConfig DISK = BlockConfig.of(1000 * 512 + 100, false, 1);
    private static final BlockConfig CDROM = BlockConfig.of(1000 * 512, true, 1);

    private final Guest guest = new Guest(BASE, 0x2_0000);
    private final DriverRing driver = guest.ring(BASE, 64, false, 0);
    final BlockRequest request = new BlockRequest();

    @AfterEach
    void close() {
        assertThat(guest.guardsIntact()).isTrue();
        guest.close();
    }

    void header(int type, long sector) {
        guest.mapping().putInt(guest.at(HEADER), type);
        guest.mapping().putInt(guest.at(HEADER) + 4, 0x5555);
        guest.mapping().putLong(guest.at(HEADER) + 8, sector);
    }

    void range(int index, long sector, int sectors, int flags) {
        long at = guest.at(DATA) + 16L * index;
        guest.mapping().putLong(at, sector);
        guest.mapping().putInt(at + 8, sectors);
        guest.mapping().putInt(at + 12, flags);
    }

    void parse(BlockConfig config, Buffer... buffers) throws RingException {
        driver.add(List.of(buffers));
        driver.show();
        DescriptorChain chain = new DescriptorChain();
        Virtqueue queue = new Virtqueue(guest.memory(), driver.layout(), 0, driver.availIndex() - 1 & 0xffff);
        assertThat(queue.pop(chain)).isTrue();
        request.parse(guest.memory(), chain, config);
    }

    private void io(BlockConfig config, int type, long sector, Buffer... data) throws RingException {
        header(type, sector);
        List<Buffer> buffers = new ArrayList<>(List.of(readable(HEADER, 16)));
        buffers.addAll(List.of(data));
        buffers.add(writable(STATUS, 1));
        parse(config, buffers.toArray(Buffer[]::new));
    }

    @Test
    void read() throws Exception {
        io(DISK, 0, 10, writable(DATA, 512), writable(DATA + 1024, 512));
        assertThat(request.type()).isEqualTo(Type.READ);
        assertThat(request.verdict()).isEqualTo(BlockStatus.OK);
        assertThat(request.offset()).isEqualTo(5120);
        assertThat(request.data().count()).isEqualTo(2);
        assertThat(request.data().bytes()).isEqualTo(1024);
        assertThat(request.complete(BlockStatus.OK)).isEqualTo(1025);
        assertThat(guest.mapping().getByte(guest.at(STATUS))).isZero();
        assertThat(request.complete(BlockStatus.IO_ERROR)).isEqualTo(1);
        assertThat(guest.mapping().getByte(guest.at(STATUS))).isEqualTo((byte) 1);
    }

    @Test
    void writeWithTheHeaderInPiecesAndNextToTheData() throws Exception {
        header(1, 999);
        parse(DISK, readable(HEADER, 3), readable(HEADER + 3, 7), readable(HEADER + 10, 6 + 512), writable(STATUS, 1));
        assertThat(request.type()).isEqualTo(Type.WRITE);
        assertThat(request.verdict()).isEqualTo(BlockStatus.OK);
        assertThat(request.offset()).isEqualTo(999 * 512);
        assertThat(request.data().count()).isEqualTo(1);
        assertThat(request.data().offset(0)).isEqualTo(guest.at(HEADER + 16));
        assertThat(request.data().bytes()).isEqualTo(512);
        assertThat(request.complete(BlockStatus.OK)).isEqualTo(1);
    }

    @Test
    void theStatusIsTheLastWritableByte() throws Exception {
        header(0, 0);
        parse(DISK, readable(HEADER, 16), writable(DATA, 513));
        assertThat(request.data().bytes()).isEqualTo(512);
        guest.mapping().putByte(guest.at(DATA + 512), (byte) 9);
        request.complete(BlockStatus.UNSUPPORTED);
        assertThat(guest.mapping().getByte(guest.at(DATA + 512))).isEqualTo((byte) 2);
    }

    @Test
    void transfersThatCannotBe() throws Exception {
        assertVerdict(DISK, 1, 999, BlockStatus.IO_ERROR, readable(DATA, 1024));
        assertVerdict(DISK, 1, -1, BlockStatus.IO_ERROR, readable(DATA, 512));
        assertVerdict(DISK, 0, Long.MAX_VALUE, BlockStatus.IO_ERROR, writable(DATA, 512));
        assertVerdict(DISK, 0, Long.MIN_VALUE, BlockStatus.IO_ERROR, writable(DATA, 512));
        assertVerdict(DISK, 0, 1L << 55, BlockStatus.IO_ERROR, writable(DATA, 512));
        assertVerdict(DISK, 0, 0, BlockStatus.IO_ERROR, writable(DATA, 511));
        assertVerdict(CDROM, 1, 0, BlockStatus.IO_ERROR, readable(DATA, 512));
        assertVerdict(CDROM, 0, 0, BlockStatus.OK, writable(DATA, 512));
        assertVerdict(DISK, 1, 1000, BlockStatus.OK);
        assertVerdict(DISK, 1, 1001, BlockStatus.IO_ERROR);
        assertVerdict(DISK, 14, 0, BlockStatus.UNSUPPORTED);
        assertVerdict(DISK, 0x8000_0001, 0, BlockStatus.UNSUPPORTED, readable(DATA, 512));
        assertThat(request.fault()).contains("2147483649");
    }

    private void assertVerdict(BlockConfig config, int type, long sector, BlockStatus verdict, Buffer... data)
            throws RingException {
        io(config, type, sector, data);
        assertThat(request.verdict()).isEqualTo(verdict);
        assertThat(request.fault().isEmpty()).isEqualTo(verdict == BlockStatus.OK);
    }

    @Test
    void flushAndIdentity() throws Exception {
        io(DISK, 4, 0);
        assertThat(request.type()).isEqualTo(Type.FLUSH);
        assertThat(request.verdict()).isEqualTo(BlockStatus.OK);
        assertThat(request.type().isOutput()).isTrue();
        io(DISK, 8, 0, writable(DATA, 20));
        request.writeId("disk0");
        byte[] id = new byte[20];
        request.data().copyTo(0, java.nio.ByteBuffer.wrap(id));
        assertThat(new String(id, StandardCharsets.US_ASCII)).isEqualTo("disk0" + "\0".repeat(15));
        assertThat(request.complete(BlockStatus.OK)).isEqualTo(21);
        io(DISK, 8, 0, writable(DATA, 3));
        request.writeId("a-very-long-serial-number-indeed");
        assertThat(guest.mapping().getByte(guest.at(DATA + 2))).isEqualTo((byte) 'v');
        io(DISK, 8, 0);
        request.writeId("x");
        assertThat(request.verdict()).isEqualTo(BlockStatus.OK);
    }

    @Test
    void discardAndWriteZeroesInRanges() throws Exception {
        range(0, 8, 16, 0);
        range(1, 100, 0, 1);
        range(2, 992, 8, 1);
        io(DISK, 13, 0, readable(DATA, 48));
        assertThat(request.type()).isEqualTo(Type.WRITE_ZEROES);
        assertThat(request.verdict()).isEqualTo(BlockStatus.OK);
        assertThat(request.ranges()).isEqualTo(3);
        assertThat(request.rangeOffset(2)).isEqualTo(992 * 512);
        assertThat(request.rangeLength(2)).isEqualTo(8 * 512);
        assertThat(request.rangeMayUnmap(0)).isFalse();
        assertThat(request.rangeMayUnmap(2)).isTrue();
        range(0, 0, 1000, 0);
        io(DISK, 11, 0, readable(DATA, 16));
        assertThat(request.type()).isEqualTo(Type.DISCARD);
        assertThat(request.verdict()).isEqualTo(BlockStatus.OK);
    }

    @Test
    void rangesThatCannotBe() throws Exception {
        assertVerdict(DISK, 11, 0, BlockStatus.IO_ERROR);
        assertVerdict(DISK, 11, 0, BlockStatus.IO_ERROR, readable(DATA, 17));
        assertVerdict(DISK, 11, 0, BlockStatus.IO_ERROR, readable(DATA, 17 * 16));
        range(0, 0, 8, 1);
        assertVerdict(DISK, 11, 0, BlockStatus.UNSUPPORTED, readable(DATA, 16));
        range(0, 0, 8, 2);
        assertVerdict(DISK, 13, 0, BlockStatus.UNSUPPORTED, readable(DATA, 16));
        range(0, 993, 8, 0);
        assertVerdict(DISK, 13, 0, BlockStatus.IO_ERROR, readable(DATA, 16));
        range(0, -1, 8, 0);
        assertVerdict(DISK, 11, 0, BlockStatus.IO_ERROR, readable(DATA, 16));
        range(0, 0, -1, 0);
        assertVerdict(DISK, 11, 0, BlockStatus.IO_ERROR, readable(DATA, 16));
        range(0, 0, 8, 0);
        assertVerdict(CDROM, 11, 0, BlockStatus.IO_ERROR, readable(DATA, 16));
        assertThat(request.ranges()).isZero();
        BlockConfig large = BlockConfig.of(1L << 40, false, 1);
        range(0, 0, BlockConfig.MAX_WRITE_ZEROES_SECTORS + 1, 0);
        assertVerdict(large, 13, 0, BlockStatus.IO_ERROR, readable(DATA, 16));
        assertVerdict(large, 11, 0, BlockStatus.OK, readable(DATA, 16));
    }

    @Test
    void requestsThatCannotEvenBeFailed() {
        assertThatThrownBy(() -> parse(DISK, readable(HEADER, 15), writable(STATUS, 1)))
                .isInstanceOf(RingException.class)
                .hasMessageContaining("header of 15 bytes");
        assertThatThrownBy(() -> parse(DISK, readable(HEADER, 16)))
                .isInstanceOf(RingException.class)
                .hasMessageContaining("no room for the status");
        assertThatThrownBy(() -> parse(DISK, writable(HEADER, 600))).isInstanceOf(RingException.class);
    }

    @Test
    void overlaps() throws Exception {
        io(DISK, 1, 10, readable(DATA, 1024));
        BlockRequest second = new BlockRequest();
        header(0, 11);
        driver.add(List.of(readable(HEADER, 16), writable(DATA, 512), writable(STATUS, 1)));
        driver.show();
        DescriptorChain chain = new DescriptorChain();
        new Virtqueue(guest.memory(), driver.layout(), 0, 1).pop(chain);
        second.parse(guest.memory(), chain, DISK);
        assertThat(request.overlaps(second)).isTrue();
        assertThat(second.overlaps(request)).isTrue();
        io(DISK, 1, 12, readable(DATA, 512));
        assertThat(request.overlaps(second)).isFalse();
        range(0, 500, 1, 0);
        range(1, 9, 3, 0);
        io(DISK, 11, 0, readable(DATA, 32));
        assertThat(request.overlaps(second)).isTrue();
    }
}
