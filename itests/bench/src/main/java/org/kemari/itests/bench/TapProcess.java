package org.kemari.itests.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.Lab;

/** Kemari's block backend on its own, as {@code ./kemari tap} runs it. */
final class TapProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Process process;

    private TapProcess(Process process) {
        this.process = process;
    }

    /** Serves a file on a socket, and waits until it does. */
    static TapProcess start(Lab lab, Path socket, Path disk, int queues) throws TimeoutException {
        Path log = lab.workspace().resolve("tap.log");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "org.kemari.eventtap.TapServer",
                "--socket",
                socket.toString(),
                "--disk",
                disk.toString(),
                "--queues",
                Integer.toString(queues));
        TapProcess tap;
        try {
            tap = lab.closeLater(new TapProcess(new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Await.until("the tap listens", PATIENCE, () -> {
            if (!tap.process.isAlive()) {
                throw new Await.AbortWaiting("the tap has ended with status " + tap.process.exitValue() + ": "
                        + Files.readString(log).strip());
            }
            return Files.exists(socket);
        });
        return tap;
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
