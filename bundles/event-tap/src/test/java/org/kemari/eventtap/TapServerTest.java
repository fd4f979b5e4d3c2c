package org.kemari.eventtap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.linux.UnixSocket;

/** The command as a process of its own. */
class TapServerTest {
    @TempDir
    Path directory;

    private Process tap(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                TapServer.class.getName()));
        command.addAll(Arrays.asList(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("out").toFile())
                .start();
    }

    private int end(Process process) throws InterruptedException {
        try {
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    private String output() throws IOException {
        return Files.readString(directory.resolve("out"));
    }

    @Test
    void servesUntilItIsTerminated() throws Exception {
        Path disk = Files.write(directory.resolve("disk.raw"), new byte[1 << 20]);
        Path first = directory.resolve("first.sock");
        Path second = directory.resolve("second.sock");
        Process process = tap(
                "--socket",
                first.toString(),
                "--disk",
                disk.toString(),
                "--read-only",
                "--socket",
                second.toString(),
                "--disk",
                disk.toString(),
                "--read-only",
                "--queues",
                "2");
        try {
            await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(first) && Files.exists(second));
            for (int i = 0; i < 3; i++) {
                try (UnixSocket one = UnixSocket.connect(first)) {
                    java.nio.ByteBuffer message = java.nio.ByteBuffer.allocate(12)
                            .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                            .putInt(17)
                            .putInt(1)
                            .putInt(0)
                            .flip();
                    one.send(message);
                    java.nio.ByteBuffer reply = java.nio.ByteBuffer.allocate(20);
                    while (reply.hasRemaining()) {
                        assertThat(one.receive(reply, new ArrayList<>())).isPositive();
                    }
                    assertThat(reply.get(12)).isEqualTo((byte) 1);
                }
            }
            process.destroy();
            assertThat(end(process)).isZero();
            assertThat(first).doesNotExist();
            assertThat(second).doesNotExist();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void badUsageIsStatus2() throws Exception {
        assertThat(end(tap("--socket", "x"))).isEqualTo(2);
        assertThat(output()).contains("no --disk for x", "--help");
    }

    @Test
    void whatCannotBeServedIsStatus1() throws Exception {
        Path socket = directory.resolve("a.sock");
        assertThat(end(tap("--socket", socket.toString(), "--disk", "/nonexistent/disk.raw")))
                .isEqualTo(1);
        assertThat(output().getBytes(StandardCharsets.UTF_8).length).isLessThan(400);
        assertThat(output()).contains("/nonexistent/disk.raw");
        assertThat(socket).doesNotExist();
    }

    @Test
    void helpIsStatus0() throws Exception {
        assertThat(end(tap("--help"))).isZero();
        assertThat(output()).isEqualTo(TapOptions.USAGE);
    }
}
