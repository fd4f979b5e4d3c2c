package org.kemari.hypervisor.qemu.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatePipeTest {
    @TempDir
    Path directory;

    /** It is open when this returns. */
    private static CompletableFuture<Void> write(StatePipe pipe, int bytes) throws IOException {
        OutputStream opened = Files.newOutputStream(pipe.path());
        return CompletableFuture.runAsync(() -> {
            try (OutputStream out = opened) {
                out.write(new byte[bytes]);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void aStateThatMayNotHaveHeldItsWriterBackIsRefused() throws Exception {
        try (StatePipe pipe = StatePipe.create(directory.resolve("pipe"))) {
            pipe.narrow();
            write(pipe, 1000).join();
            pipe.widen();
            assertThatThrownBy(pipe::take).hasMessageContaining("1000 bytes");
        }
    }

    @Test
    void anAbandonedWriterGoesOnAndTheNextFindsAnEmptyPipe() throws Exception {
        try (StatePipe pipe = StatePipe.create(directory.resolve("pipe"))) {
            pipe.narrow();
            CompletableFuture<Void> writing = write(pipe, 100_000);
            pipe.abandon();
            assertThatThrownBy(writing::join).hasRootCauseInstanceOf(IOException.class);
            pipe.narrow();
            CompletableFuture<Void> next = write(pipe, 300_000);
            pipe.widen();
            next.join();
            assertThat(pipe.take().remaining()).isEqualTo(300_000);
        }
    }
}
