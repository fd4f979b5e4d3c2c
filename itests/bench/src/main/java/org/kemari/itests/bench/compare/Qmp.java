package org.kemari.itests.bench.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A conversation with the monitor of a QEMU. Used by one thread. */
final class Qmp implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;
    private static final String END = "";

    private final ObjectMapper json = new ObjectMapper();
    private final SocketChannel channel;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final List<JsonNode> events = new ArrayList<>();

    /** Connects to a QEMU that listens. */
    Qmp(Path socket) throws IOException {
        channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        // a thread of its own: a socket of this kind knows no time limit, and a QEMU may fall silent
        Thread reader = new Thread(this::read, "qmp-" + socket.getFileName());
        reader.setDaemon(true);
        reader.start();
        next("its greeting");
        ask("qmp_capabilities", Map.of());
    }

    private void read() {
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8))) {
            in.lines().forEach(lines::add);
        } catch (IOException | RuntimeException e) {
            // the other end is gone, or this one: both end the conversation
            return;
        } finally {
            lines.add(END);
        }
    }

    /**
     * Has a command executed.
     *
     * @throws IOException with QEMU's words if it refuses
     */
    JsonNode ask(String command, Map<String, ?> arguments) throws IOException {
        String line = json.writeValueAsString(Map.of("execute", command, "arguments", arguments)) + "\n";
        ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        while (true) {
            JsonNode answer = next("an answer to " + command);
            if (answer.has("return")) {
                return answer.get("return");
            }
            if (answer.has("error")) {
                throw new IOException("QEMU refuses " + command + ": "
                        + answer.at("/error/desc").asText());
            }
            if (answer.has("event")) {
                events.add(answer);
            }
        }
    }

    /** The events that have come before the last answer, in their order. */
    List<JsonNode> events() {
        return List.copyOf(events);
    }

    private JsonNode next(String what) throws IOException {
        try {
            String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (line == null) {
                throw new IOException("QEMU has been silent for " + PATIENCE_SECONDS + " s instead of sending " + what);
            }
            if (line.equals(END)) {
                throw new IOException("QEMU has hung up instead of sending " + what);
            }
            return json.readTree(line);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + what, e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
