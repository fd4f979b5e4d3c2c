package org.kemari.protection.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.config.FenceSettings;

class FencesTest {
    @TempDir
    Path directory;

    private static Fences of(long timeoutMillis, String... command) {
        return new Fences(
                () -> new FenceSettings(List.of(command), Duration.ofMillis(timeoutMillis), Duration.ofSeconds(1)));
    }

    @Test
    void theCommandIsToldWhom() throws IOException {
        Path told = directory.resolve("told");
        of(10_000, "/bin/sh", "-c", "echo $0 $1 > " + told, "{host}", "for-{domain}")
                .fence("east", "web");
        assertThat(told).hasContent("east for-web");
    }

    @Test
    void aFailureSaysWhatTheCommandSaid() {
        assertThatThrownBy(() -> of(10_000, "/bin/sh", "-c", "echo no such plug >&2; exit 3")
                        .fence("east", "web"))
                .hasMessageContaining("status 3")
                .hasMessageContaining("no such plug");
        assertThatThrownBy(() -> of(10_000, "/no/such/program").fence("east", "web"))
                .hasMessageContaining("/no/such/program");
        assertThatThrownBy(() -> new Fences(() -> FenceSettings.NONE).fence("east", "web"))
                .hasMessageContaining("no fence command");
    }

    @Test
    void aCommandThatHangsIsEnded() {
        assertThatThrownBy(() ->
                        of(500, "/bin/sh", "-c", "echo waiting; sleep 100").fence("east", "web"))
                .hasMessageContaining("within 500 ms")
                .hasMessageContaining("waiting");
    }

    @Test
    void domainsOfOneHostShareARun() throws Exception {
        Path fifo = directory.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        Path runs = directory.resolve("runs");
        Fences fences = of(60_000, "/bin/sh", "-c", "echo run >> " + runs + "; cat " + fifo);
        Thread first = fence(fences, "a");
        Awaitility.await().until(() -> Files.exists(runs));
        Thread second = fence(fences, "b");
        Awaitility.await().until(() -> second.getState() == Thread.State.WAITING);
        try (OutputStream end = Files.newOutputStream(fifo)) {
            end.write('x');
        }
        first.join();
        second.join();
        assertThat(runs).hasContent("run");
    }

    private static Thread fence(Fences fences, String domain) {
        Thread thread = new Thread(() -> {
            try {
                fences.fence("east", domain);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        thread.start();
        return thread;
    }
}
