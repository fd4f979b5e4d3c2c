package org.kemari.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class NativeMemoryTest {
    private static final long WINDOW = 1L << 30;
    private static final long HUGE = 3 * WINDOW + 4096;

    @Test
    void readsWhatAnotherMappingWroteAcrossTheWindowsOfALargeFile() throws IOException {
        try (Fd fd = Fd.memfd("large", HUGE);
                NativeMemory writer = NativeMemory.map(fd, 0, HUGE, true);
                NativeMemory reader = NativeMemory.map(fd, 0, HUGE, false)) {
            assertThat(fd.size()).isEqualTo(HUGE);
            for (long boundary : List.of(WINDOW, 2 * WINDOW, 3 * WINDOW)) {
                for (long offset = boundary - 9; offset < boundary + 2; offset++) {
                    writer.putLong(offset, 0x1122334455667788L + offset);
                    assertThat(reader.getLong(offset)).isEqualTo(0x1122334455667788L + offset);
                    assertThat(reader.getInt(offset)).isEqualTo((int) (0x55667788L + offset));
                    assertThat(reader.getByte(offset)).isEqualTo((byte) (0x88 + offset));
                }
            }
            writer.putByte(HUGE - 1, (byte) 7);
            assertThat(reader.getByte(HUGE - 1)).isEqualTo((byte) 7);
            assertThatThrownBy(() -> reader.getLong(HUGE - 7)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void copiesAndViewsAcrossAWindow() throws IOException {
        byte[] bytes = new byte[3 << 20];
        new Random(1).nextBytes(bytes);
        try (Fd fd = Fd.memfd("large", HUGE);
                NativeMemory memory = NativeMemory.map(fd, 0, HUGE, true)) {
            for (long at : List.of(WINDOW - (1 << 20), WINDOW - 5, 2 * WINDOW)) {
                memory.copyFrom(at, ByteBuffer.wrap(bytes));
                byte[] back = new byte[bytes.length];
                memory.copyTo(at, ByteBuffer.wrap(back));
                assertThat(back).isEqualTo(bytes);
                ByteBuffer view = memory.buffer(at, bytes.length);
                assertThat(view.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
                assertThat(view).isEqualTo(ByteBuffer.wrap(bytes));
                memory.fill(at, bytes.length, (byte) 0);
                assertThat(memory.isZero(at, bytes.length)).isTrue();
            }
        }
    }

    @Property(tries = 200)
    void zeroIsFoundAndASingleByteIsNotMissed(
            @ForAll @IntRange(min = 0, max = 200) int offset,
            @ForAll @IntRange(min = 1, max = 4096) int length,
            @ForAll @IntRange(min = 0, max = 4095) int where)
            throws IOException {
        try (NativeMemory memory = NativeMemory.allocate(8192)) {
            assertThat(memory.isZero(offset, length)).isTrue();
            memory.putByte(offset + where, (byte) 1);
            assertThat(memory.isZero(offset, length)).isEqualTo(where >= length);
        }
    }

    @Test
    void overlappingCopyKeepsTheBytes() throws IOException {
        try (NativeMemory memory = NativeMemory.allocate(4096)) {
            memory.copyFrom(0, ByteBuffer.wrap(new byte[] {1, 2, 3, 4}));
            NativeMemory.copy(memory, 0, memory, 1, 4);
            assertThat(memory.getInt(1)).isEqualTo(0x04030201);
        }
    }

    @Test
    void everyAccessIsInsideTheBounds() throws IOException {
        try (NativeMemory memory = NativeMemory.allocate(4096);
                NativeMemory other = NativeMemory.allocate(4096)) {
            List<Runnable> outside = List.of(
                    () -> memory.getByte(-1),
                    () -> memory.getByte(4096),
                    () -> memory.getShort(4095),
                    () -> memory.putInt(4093, 0),
                    () -> memory.getLong(Long.MAX_VALUE),
                    () -> memory.putLongRelease(Long.MIN_VALUE, 0),
                    () -> memory.fill(1, 4096, (byte) 0),
                    () -> memory.fill(0, -1, (byte) 0),
                    () -> memory.isZero(4090, Long.MAX_VALUE),
                    () -> memory.buffer(4090, 7),
                    () -> memory.copyFrom(4090, ByteBuffer.allocate(7)),
                    () -> memory.copyTo(4090, ByteBuffer.allocate(7)),
                    () -> NativeMemory.copy(memory, 0, other, 1, 4096),
                    () -> NativeMemory.copy(memory, 1, other, 0, 4096));
            assertThat(outside).allSatisfy(access -> assertThatThrownBy(access::run)
                    .isInstanceOf(IndexOutOfBoundsException.class));
        }
    }

    @Test
    void closedMemoryThrows() throws IOException {
        NativeMemory memory = NativeMemory.allocate(4096);
        memory.close();
        memory.close();
        assertThatThrownBy(() -> memory.getByte(0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> memory.fill(0, 1, (byte) 0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> memory.buffer(0, 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void readOnlyMemoryIsNotWritten() throws IOException {
        try (Fd fd = Fd.memfd("m", 4096);
                NativeMemory memory = NativeMemory.map(fd, 0, 4096, false)) {
            assertThatThrownBy(() -> memory.putInt(0, 1)).isInstanceOf(RuntimeException.class);
            assertThatThrownBy(() -> memory.putShortRelease(0, (short) 1)).isInstanceOf(RuntimeException.class);
            assertThatThrownBy(() -> memory.fill(0, 1, (byte) 1)).isInstanceOf(IllegalStateException.class);
            assertThat(memory.getInt(0)).isZero();
        }
    }

    @Test
    void atomicsOfTwoThreadsLoseNothing() throws Exception {
        try (Fd fd = Fd.memfd("m", 4096);
                NativeMemory one = NativeMemory.map(fd, 0, 4096, true);
                NativeMemory two = NativeMemory.map(fd, 0, 4096, true)) {
            Thread odd = new Thread(() -> orBits(one, 0xAAAAAAAAAAAAAAAAL));
            odd.start();
            orBits(two, 0x5555555555555555L);
            odd.join();
            assertThat(one.getAndSetLong(8, 3)).isEqualTo(-1L);
            assertThat(two.getLongAcquire(8)).isEqualTo(3);
            assertThat(two.getAndAndLong(8, 1)).isEqualTo(3);
            assertThat(one.getLong(8)).isEqualTo(1);
            one.putShortRelease(16, (short) -2);
            assertThat(two.getShortAcquire(16)).isEqualTo((short) -2);
            one.putIntRelease(20, -3);
            assertThat(two.getIntAcquire(20)).isEqualTo(-3);
        }
    }

    private static void orBits(NativeMemory memory, long bits) {
        for (int i = 0; i < 64; i++) {
            memory.getAndOrLong(8, bits & 1L << i);
        }
    }
}
