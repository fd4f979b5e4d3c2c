package org.kemari.hypervisor.qemu.internal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The other end of a monitor socket: answers each line as the test wants, and sends what the test wants. */
final class FakeMonitor implements AutoCloseable {
    private static final Pattern COMMAND = Pattern.compile("\"execute\":\"([^\"]+)\".*\"id\":(\\d+)");

    final List<String> received = new CopyOnWriteArrayList<>();
    private final ServerSocketChannel server;
    private volatile SocketChannel client;

    /** @param answer from a command's name and id to the line to send back; an empty one sends nothing */
    FakeMonitor(Path socket, boolean greet, Answer answer) throws IOException {
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread thread = new Thread(() -> serve(greet, answer), "fake-monitor");
        thread.setDaemon(true);
        thread.start();
    }

    /** What to answer. */
    interface Answer {
        String to(String command, String id);
    }

    /** Every command succeeds, except those for which the function has something else to say. */
    static Answer agreeing(Function<String, String> other) {
        return (command, id) -> {
            String special = other.apply(command);
            return special == null ? "{\"return\": {}, \"id\": " + id + "}" : special.replace("ID", id);
        };
    }

    private void serve(boolean greet, Answer answer) {
        try {
            client = server.accept();
            if (greet) {
                send("{\"QMP\": {\"version\": {}, \"capabilities\": []}}\r\n");
            }
            BufferedReader reader = new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8));
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                received.add(line);
                Matcher matcher = COMMAND.matcher(line);
                if (matcher.find()) {
                    String reply = answer.to(matcher.group(1), matcher.group(2));
                    if (!reply.isEmpty()) {
                        send(reply + "\r\n");
                    }
                }
            }
        } catch (IOException e) {
            received.add("end: " + e);
        }
    }

    void send(String text) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        try {
            while (bytes.hasRemaining()) {
                client.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void hangUp() throws IOException {
        client.close();
    }

    @Override
    public void close() throws IOException {
        server.close();
        if (client != null) {
            client.close();
        }
    }
}
