package org.kemari.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockFileTest {
    private static final int SIZE = 3 << 20;

    @TempDir
    Path directory;

    private Path image;
    private byte[] content;

    @BeforeEach
    void makeImage() throws IOException {
        content = new byte[SIZE];
        new Random(3).nextBytes(content);
        image = Files.write(directory.resolve("disk.img"), content);
    }

    @Test
    void scatteredTransfersOfMorePiecesThanTheKernelTakesAtOnce() throws IOException {
        int pieces = 2500;
        int piece = 512;
        try (BlockFile file = BlockFile.open(image, false);
                NativeMemory memory = NativeMemory.allocate(pieces * piece * 2L);
                IoVectors vectors = new IoVectors(pieces)) {
            for (int i = 0; i < pieces; i++) {
                vectors.add(memory, i * piece * 2L, piece);
            }
            assertThat(vectors.count()).isEqualTo(pieces);
            assertThat(file.read(vectors, 1024)).isEqualTo((long) pieces * piece);
            for (int i = 0; i < pieces; i++) {
                byte[] got = bytes(memory, i * piece * 2L, piece);
                assertThat(got).isEqualTo(Arrays.copyOfRange(content, 1024 + i * piece, 1024 + (i + 1) * piece));
            }
            assertThat(file.write(vectors, 2048)).isEqualTo((long) pieces * piece);
            file.flush();
        }
        byte[] after = Files.readAllBytes(image);
        assertThat(Arrays.copyOfRange(after, 2048, 2048 + pieces * piece))
                .isEqualTo(Arrays.copyOfRange(content, 1024, 1024 + pieces * piece));
        assertThat(after).hasSize(SIZE);
    }

    @Test
    void tellsWhereThereIsData() throws IOException {
        try (BlockFile file = BlockFile.open(image, false)) {
            assertThat(file.nextData(100)).isEqualTo(100);
            assertThat(file.nextHole(100)).isEqualTo(SIZE);
            file.writeZeroes(1 << 20, 1 << 20, true);
            file.discard(SIZE - 4096, 4096);
            assertThat(file.nextHole(0)).isEqualTo(1 << 20);
            assertThat(file.nextData(1 << 20)).isEqualTo(2 << 20);
            assertThat(file.nextHole(5000 + (1 << 20))).isEqualTo(5000 + (1 << 20));
            assertThat(file.nextData(SIZE - 4096)).as("nothing any more").isEqualTo(SIZE);
            assertThat(file.nextData(SIZE + 5)).isEqualTo(SIZE);
            assertThat(file.nextHole(SIZE)).isEqualTo(SIZE);
        }
    }

    @Test
    void aReadEndsWithTheFile() throws IOException {
        try (BlockFile file = BlockFile.open(image, true);
                NativeMemory memory = NativeMemory.allocate(8192);
                IoVectors vectors = new IoVectors(2)) {
            vectors.add(memory, 0, 1000);
            vectors.add(memory, 4096, 4096);
            assertThat(file.read(vectors, SIZE - 1500)).isEqualTo(1500);
            assertThat(bytes(memory, 4096, 500)).isEqualTo(Arrays.copyOfRange(content, SIZE - 500, SIZE));
            assertThat(file.read(vectors, SIZE)).isZero();
            assertThatThrownBy(() -> file.readFully(memory, 0, 4096, SIZE - 4095))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void buffersOfBothKinds() throws IOException {
        try (BlockFile file = BlockFile.open(image, false)) {
            for (ByteBuffer buffer : new ByteBuffer[] {ByteBuffer.allocate(700), ByteBuffer.allocateDirect(700)}) {
                buffer.position(200);
                assertThat(file.read(buffer, 50)).isEqualTo(500);
                assertThat(buffer.position()).isEqualTo(700);
                buffer.position(200);
                byte[] got = new byte[500];
                buffer.get(got);
                assertThat(got).isEqualTo(Arrays.copyOfRange(content, 50, 550));
                buffer.position(200);
                assertThat(file.write(buffer, 100_000)).isEqualTo(500);
                assertThat(buffer.hasRemaining()).isFalse();
            }
        }
        assertThat(Arrays.copyOfRange(Files.readAllBytes(image), 100_000, 100_500))
                .isEqualTo(Arrays.copyOfRange(content, 50, 550));
    }

    @Test
    void zeroesAndDiscardKeepTheSizeAndTheNeighbours() throws IOException {
        try (BlockFile file = BlockFile.open(image, false)) {
            file.writeZeroes(512, 100_000, false);
            file.writeZeroes(200_000, 1_500_000, true);
            file.discard(1 << 21, 1 << 16);
            file.flush();
            assertThat(file.size()).isEqualTo(SIZE);
        }
        Arrays.fill(content, 512, 100_512, (byte) 0);
        Arrays.fill(content, 200_000, 1_700_000, (byte) 0);
        byte[] after = Files.readAllBytes(image);
        assertThat(Arrays.copyOf(after, 1 << 21)).isEqualTo(Arrays.copyOf(content, 1 << 21));
        assertThat(Arrays.copyOfRange(after, (1 << 21) + (1 << 16), SIZE))
                .isEqualTo(Arrays.copyOfRange(content, (1 << 21) + (1 << 16), SIZE));
    }

    @Test
    void whatIsInThePageCacheIsReadAtOnce() throws IOException {
        try (BlockFile file = BlockFile.open(image, false);
                NativeMemory memory = NativeMemory.allocate(4096);
                IoVectors vectors = new IoVectors(1)) {
            vectors.add(memory, 0, 4096);
            file.write(vectors, 0);
            assertThat(file.tryReadCached(vectors, 0)).isTrue();
            assertThat(file.tryReadCached(vectors, SIZE - 100)).isFalse();
        }
    }

    @Test
    void refusesWhatIsNoDiskAndWritesOnlyWhereAllowed() throws IOException {
        assertThatThrownBy(() -> BlockFile.open(Path.of("/dev/null"), true)).hasMessageContaining("neither");
        assertThatThrownBy(() -> BlockFile.open(directory, true)).isInstanceOf(IOException.class);
        try (BlockFile file = BlockFile.open(image, true)) {
            assertThat(file.isDevice()).isFalse();
            assertThat(file.physicalBlockBytes()).isPositive();
            assertThatThrownBy(() -> file.write(ByteBuffer.allocate(1), 0)).isInstanceOf(LinuxException.class);
        }
    }

    @Test
    void aWriteThatTheKernelRefusesNamesTheFile() throws IOException {
        try (BlockFile file = BlockFile.open(image, false)) {
            LinuxException e = catchThrowableOfType(
                    LinuxException.class, () -> file.write(ByteBuffer.allocate(4096), Long.MAX_VALUE - 100));
            assertThat(e).hasMessageContaining("write").hasMessageContaining(image.toString());
        }
    }

    @Test
    void vectorsAreBoundedAndJoined() throws IOException {
        try (NativeMemory memory = NativeMemory.allocate(4096);
                IoVectors vectors = new IoVectors(2)) {
            vectors.add(memory, 0, 100);
            vectors.add(memory, 100, 0);
            vectors.add(memory, 100, 100);
            assertThat(vectors.count()).isEqualTo(1);
            assertThat(vectors.bytes()).isEqualTo(200);
            vectors.add(memory, 300, 1);
            assertThatThrownBy(() -> vectors.add(memory, 400, 1)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> vectors.add(memory, 4000, 97)).isInstanceOf(IndexOutOfBoundsException.class);
            vectors.clear();
            assertThat(vectors.count()).isZero();
            assertThat(vectors.bytes()).isZero();
        }
    }

    private static byte[] bytes(NativeMemory memory, long offset, int length) {
        byte[] bytes = new byte[length];
        memory.copyTo(offset, ByteBuffer.wrap(bytes));
        return bytes;
    }
}
