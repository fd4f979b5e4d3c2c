package org.kemari.virtio.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.tap.MemoryRegion;
import org.kemari.linux.DirtyBitmap;
import org.kemari.linux.NativeMemory;

class GuestMemoryTest {
    private static final long MIB = 1 << 20;

    private NativeMemory ram;

    @BeforeEach
    void map() throws Exception {
        ram = NativeMemory.allocate(2 * MIB);
    }

    @AfterEach
    void unmap() {
        ram.close();
    }

    private GuestMemory memory(MemoryRegion... regions) throws RingException {
        return GuestMemory.ofFile(ram, List.of(regions), Optional.empty());
    }

    @Test
    void findsRangesInTheRegionThatHoldsThem() throws Exception {
        GuestMemory memory = memory(new MemoryRegion(4096 * MIB, MIB, MIB), new MemoryRegion(0, MIB, 0));
        assertThat(memory.layout())
                .containsExactly(new MemoryRegion(0, MIB, 0), new MemoryRegion(4096 * MIB, MIB, MIB));
        assertThat(memory.regionOf(4096 * MIB + 5, MIB - 5).memoryOffset()).isEqualTo(MIB);
        assertThatThrownBy(() -> memory.regionOf(4096 * MIB + 5, MIB - 4)).isInstanceOf(RingException.class);
        assertThatThrownBy(() -> memory.regionOf(MIB, 1)).isInstanceOf(RingException.class);
        assertThatThrownBy(() -> memory.regionOf(-1, 2)).hasMessageContaining("0xffffffffffffffff");
        assertThatThrownBy(() -> memory.regionOf(8, Long.MAX_VALUE)).isInstanceOf(RingException.class);
    }

    @Test
    void aBufferMaySpanAdjacentRegionsThatAreApartInTheFile() throws Exception {
        GuestMemory memory = memory(new MemoryRegion(0, 4096, MIB), new MemoryRegion(4096, 4096, 0));
        Segments segments = new Segments();
        segments.clear(memory);
        memory.resolve(4090, 20, segments);
        assertThat(segments.count()).isEqualTo(2);
        byte[] text = "across two regions..".getBytes();
        segments.copyFrom(0, ByteBuffer.wrap(text));
        assertThat(ram.getByte(MIB + 4090)).isEqualTo((byte) 'a');
        assertThat(ram.getByte(0)).isEqualTo((byte) ' ');
        byte[] back = new byte[text.length];
        segments.copyTo(0, ByteBuffer.wrap(back));
        assertThat(back).isEqualTo(text);
        assertThat(segments.getLong(2))
                .isEqualTo(ByteBuffer.wrap(text, 2, 8)
                        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                        .getLong());
        assertThatThrownBy(() -> memory.resolve(8190, 3, segments)).isInstanceOf(RingException.class);
    }

    @Test
    void addressesOfTheHypervisorAreTranslated() throws Exception {
        long user = 0x7f00_0000_0000L;
        GuestMemory memory = new GuestMemory(
                List.of(
                        new GuestMemory.Region(0, MIB, user, 0, ram, 0),
                        new GuestMemory.Region(16 * MIB, MIB, user + MIB, MIB, ram, MIB)),
                Optional.empty());
        assertThat(memory.guestAddressOf(user + 7)).isEqualTo(7);
        assertThat(memory.guestAddressOf(user + MIB + 7)).isEqualTo(16 * MIB + 7);
        assertThatThrownBy(() -> memory.guestAddressOf(user + 2 * MIB)).isInstanceOf(RingException.class);
        assertThatThrownBy(() -> memory.guestAddressOf(user - 1)).isInstanceOf(RingException.class);
    }

    @Test
    void layoutsThatCannotBeAreRefused() {
        assertThatThrownBy(() -> memory(new MemoryRegion(0, 8192, 0), new MemoryRegion(4096, 8192, 8192)))
                .hasMessageContaining("overlaps");
        assertThatThrownBy(() -> memory(new MemoryRegion(0, 2 * MIB, 1))).hasMessageContaining("beyond its file");
        assertThatThrownBy(() -> memory(new MemoryRegion(0, 0, 0))).isInstanceOf(RingException.class);
        assertThatThrownBy(() -> memory(new MemoryRegion(Long.MAX_VALUE - 10, 4096, 0)))
                .isInstanceOf(RingException.class);
        assertThatThrownBy(() -> memory(new MemoryRegion(0, 4096, -4096))).isInstanceOf(RingException.class);
    }

    @Test
    void writesMarkThePagesOfTheFile(@TempDir Path dir) throws Exception {
        try (DirtyBitmap dirty = DirtyBitmap.open(dir.resolve("dirty"), 2 * MIB / 4096)) {
            GuestMemory memory = GuestMemory.ofFile(ram, List.of(new MemoryRegion(0, MIB, MIB)), Optional.of(dirty));
            Segments segments = new Segments();
            segments.clear(memory);
            memory.resolve(4094, 4, segments);
            segments.putByte(1, (byte) 1);
            assertThat(dirty.count()).isEqualTo(1);
            segments.copyFrom(0, ByteBuffer.wrap(new byte[4]));
            assertThat(dirty.count()).isEqualTo(2);
            assertThat(dirty.isMarked(256)).isTrue();
            assertThat(dirty.isMarked(257)).isTrue();
        }
    }
}
