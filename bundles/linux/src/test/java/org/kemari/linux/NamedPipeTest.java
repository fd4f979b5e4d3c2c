package org.kemari.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamedPipeTest {
    @TempDir
    Path directory;

    @Test
    void aWriterWaitsUntilThereIsRoom() throws Exception {
        byte[] content = new byte[100_000];
        new Random(1).nextBytes(content);
        try (NamedPipe pipe = NamedPipe.create(directory.resolve("pipe"))) {
            ByteBuffer read = ByteBuffer.allocateDirect(200_000);
            assertThat(pipe.read(read)).as("nobody writes").isZero();
            int narrow = pipe.setCapacity(4096);
            assertThat(narrow).isBetween(4096, 65536);
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> write(pipe, content));
            await().until(() -> pipe.read(read) > 0);
            assertThat(read.position()).isLessThanOrEqualTo(narrow);
            assertThat(pipe.setCapacity(1 << 20)).isEqualTo(1 << 20);
            writing.join(); // nothing has been read since
            while (pipe.read(read) > 0) {
                assertThat(read.position()).isPositive();
            }
            assertThat(read.flip()).isEqualTo(ByteBuffer.wrap(content));
        }
    }

    @Test
    void aWriterIsToldThatTheReaderIsGone() throws Exception {
        NamedPipe pipe = NamedPipe.create(directory.resolve("pipe"));
        try (OutputStream out = Files.newOutputStream(pipe.path())) {
            out.write(1);
            pipe.close();
            assertThat(pipe.path()).doesNotExist();
            assertThatThrownBy(() -> out.write(2)).isInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> pipe.setCapacity(4096)).hasMessageContaining("closed");
    }

    @Test
    void itTakesThePlaceOfAnotherFile() throws Exception {
        Path path = Files.createFile(directory.resolve("pipe"));
        NamedPipe.create(path).close();
        assertThatThrownBy(() -> NamedPipe.create(directory.resolve("no/pipe"))).hasMessageContaining("ENOENT");
    }

    private static void write(NamedPipe pipe, byte[] content) {
        try (OutputStream out = Files.newOutputStream(pipe.path())) {
            out.write(content);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
