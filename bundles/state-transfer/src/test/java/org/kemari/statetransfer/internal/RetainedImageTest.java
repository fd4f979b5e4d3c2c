package org.kemari.statetransfer.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.transfer.ImageId;
import org.kemari.linux.NativeMemory;

class RetainedImageTest {
    /** 1000 pages: the last word of the bitmap is not full. */
    private static final long MEMORY = 1000 * 4096;

    private static final ImageId ID = new ImageId(-77, 12);
    private final Random random = new Random(7);

    @TempDir
    Path directory;

    private Path file;
    private long[] words;

    @BeforeEach
    void write() throws IOException {
        file = directory.resolve("ram.retained");
        words = random.longs(16).toArray();
        try (NativeMemory bits = NativeMemory.allocate(16 * 8)) {
            for (int i = 0; i < 16; i++) {
                bits.putLong(i * 8, words[i]);
            }
            RetainedImage.write(file, ID, MEMORY, bits);
        }
    }

    @Test
    void whatWasNotedIsRead() throws IOException {
        try (RetainedImage read = RetainedImage.read(file, ID, MEMORY)) {
            assertThat(read.id()).isEqualTo(ID);
            assertThat(read.memoryBytes()).isEqualTo(MEMORY);
            for (int i = 0; i < 16; i++) {
                assertThat(read.changed().getLong(i * 8)).isEqualTo(words[i]);
            }
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(directory).isDirectoryNotContaining("glob:**.new");
    }

    @Test
    void anotherCheckpointOrMemoryIsRefused() {
        assertThatThrownBy(() -> RetainedImage.read(file, new ImageId(-77, 13), MEMORY))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("checkpoint 12 of session -77");
        assertThatThrownBy(() -> RetainedImage.read(file, new ImageId(77, 12), MEMORY))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> RetainedImage.read(file, ID, MEMORY + 4096)).hasMessageContaining("another size");
        assertThatThrownBy(() -> RetainedImage.read(file, ID, 2 * MEMORY)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> RetainedImage.read(directory.resolve("none"), ID, MEMORY))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void noDamagedByteGoesUnnoticed() throws IOException {
        byte[] whole = Files.readAllBytes(file);
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, damaged);
            assertThatThrownBy(() -> RetainedImage.read(file, ID, MEMORY)).isInstanceOf(IOException.class);
            Files.write(file, Arrays.copyOf(whole, i));
            assertThatThrownBy(() -> RetainedImage.read(file, ID, MEMORY)).isInstanceOf(IOException.class);
        }
        Files.write(file, whole);
        RetainedImage.read(file, ID, MEMORY).close();
    }
}
