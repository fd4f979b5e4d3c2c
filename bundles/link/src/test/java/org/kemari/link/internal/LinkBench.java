package org.kemari.link.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.kemari.api.link.Link;

/**
 * Throughput and round trips of a link over the loopback interface, in clear text and through TLS. Not a test; run it
 * with the test class path and the options of the tests.
 */
final class LinkBench {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int PIECE = 4 << 20;
    private static final int SECONDS = 4;
    private static final int ROUND_TRIPS = 20_000;

    private LinkBench() {}

    public static void main(String[] args) throws Exception {
        Path directory = Files.createTempDirectory("kemari-link-bench");
        Authority authority = Authority.in(directory.resolve("ca"));
        measure("clear text", new ClearText(), new ClearText());
        Duration warmUp = Duration.ofMillis(1500);
        measure(
                "TLS 1.3",
                new TlsSecurity("west", Authority.settings(authority.host("west")), PATIENCE, warmUp),
                new TlsSecurity("east", Authority.settings(authority.host("east")), PATIENCE, warmUp));
    }

    private static void measure(String what, Security west, Security east) throws Exception {
        try (Fixture fixture = new Fixture(PATIENCE, 4, west)) {
            fixture.acceptors.put("sink", LinkBench::sink);
            fixture.acceptors.put("echo", LinkBench::echo);
            LinkConnector caller = fixture.caller("east", east);
            for (int round = 0; round < 2; round++) {
                long begin = System.nanoTime();
                caller.connect("west", "echo", PATIENCE).close();
                System.out.printf("%s: connected in %.1f ms%n", what, (System.nanoTime() - begin) / 1e6);
            }
            for (int round = 0; round < 4; round++) {
                Duration cpu = cpu();
                long bytes = transfer(caller);
                // both ends, and the compiler: what counts when the machine is busy with other things
                double cpuSeconds = cpu().minus(cpu).toNanos() / 1e9;
                System.out.printf(
                        "%s: %.0f MB/s, %.0f MB per second of CPU of both ends%n",
                        what, bytes / 1e6 / SECONDS, bytes / 1e6 / cpuSeconds);
            }
            long[] trips = roundTrips(caller);
            System.out.printf(
                    "%s: round trip of 32 bytes: median %.1f us, 99%% %.1f us%n",
                    what, trips[trips.length / 2] / 1e3, trips[trips.length * 99 / 100] / 1e3);
        }
    }

    private static Duration cpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private static long transfer(LinkConnector caller) throws IOException {
        try (Link link = caller.connect("west", "sink", PATIENCE)) {
            ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
            long begin = System.nanoTime();
            long bytes = 0;
            while (System.nanoTime() - begin < SECONDS * 1_000_000_000L) {
                link.write(piece.clear());
                bytes += PIECE;
            }
            return bytes;
        }
    }

    private static long[] roundTrips(LinkConnector caller) throws IOException {
        long[] trips = new long[ROUND_TRIPS];
        try (Link link = caller.connect("west", "echo", PATIENCE)) {
            ByteBuffer beat = ByteBuffer.allocateDirect(32);
            for (int i = 0; i < 2 * ROUND_TRIPS; i++) {
                long begin = System.nanoTime();
                link.write(beat.clear());
                link.readFully(beat.clear());
                trips[i % ROUND_TRIPS] = System.nanoTime() - begin;
            }
        }
        Arrays.sort(trips);
        return trips;
    }

    private static void sink(Link link) {
        ByteBuffer room = ByteBuffer.allocateDirect(PIECE);
        try {
            while (link.read(room.clear()) >= 0) {
                continue;
            }
        } catch (IOException e) {
            return;
        }
    }

    private static void echo(Link link) {
        ByteBuffer room = ByteBuffer.allocateDirect(32);
        try {
            while (true) {
                link.readFully(room.clear());
                link.write(room.flip());
            }
        } catch (IOException e) {
            return;
        }
    }
}
