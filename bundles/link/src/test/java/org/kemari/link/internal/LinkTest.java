package org.kemari.link.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kemari.api.config.HostAddress;
import org.kemari.api.link.Link;

@Timeout(60)
class LinkTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int STRANGERS = 4;
    private Fixture west;

    @BeforeEach
    void open() {
        west = new Fixture(Duration.ofMillis(300), STRANGERS);
    }

    @AfterEach
    void close() {
        west.close();
    }

    @Test
    void carriesBytesBothWaysAndSaysWhoCalls() throws Exception {
        CompletableFuture<String> caller = new CompletableFuture<>();
        west.acceptors.put("echo", link -> {
            caller.complete(link.peer());
            ByteBuffer buffer = ByteBuffer.allocateDirect(100_000);
            try {
                while (link.read(buffer) >= 0) {
                    buffer.flip();
                    link.write(buffer);
                    buffer.clear();
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        byte[] sent = new byte[3_000_000];
        new Random(1).nextBytes(sent);
        ByteBuffer received = ByteBuffer.allocateDirect(sent.length);
        try (Link link = west.caller("east").connect("west", "echo", PATIENCE)) {
            assertThat(link.peer()).isEqualTo("west");
            Thread writer = new Thread(() -> {
                try {
                    ByteBuffer tail = ByteBuffer.allocateDirect(sent.length - 1000);
                    tail.put(sent, 1000, tail.capacity()).flip();
                    link.write(
                            ByteBuffer.wrap(sent, 0, 10), ByteBuffer.wrap(sent, 10, 990), ByteBuffer.allocate(0), tail);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            writer.start();
            link.readFully(received);
            writer.join();
        }
        byte[] back = new byte[sent.length];
        received.flip().get(back);
        assertThat(back).isEqualTo(sent);
        assertThat(caller.get(5, TimeUnit.SECONDS)).isEqualTo("east");
        Awaitility.await().until(() -> west.dispatcher.connections().isEmpty());
    }

    @Test
    void refusesWithTheReason() {
        west.acceptors.put("echo", link -> {});
        assertThatThrownBy(() -> west.caller("east").connect("west", "nothing", PATIENCE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nothing that serves the channel nothing");
        assertThatThrownBy(() -> west.caller("north").connect("west", "echo", PATIENCE))
                .hasMessageContaining("north is not among the peers");
        assertThatThrownBy(() -> west.caller("east").connect("south", "echo", PATIENCE))
                .hasMessageContaining("south is not among the peers");
        LinkConnector misled = new LinkConnector(
                () -> Fixture.settings("east", new HostAddress("127.0.0.1", 1), Map.of("south", List.of(west.address))),
                ClearText::new);
        assertThatThrownBy(() -> misled.connect("south", "echo", PATIENCE))
                .hasMessageContaining("this is host west, not south");
    }

    @Test
    void refusesAnotherVersionAndGarbage() throws Exception {
        byte[] otherVersion = new Preamble("east", "west", "echo").encode();
        otherVersion[9] = 99;
        assertThat(answerTo(otherVersion)).contains("version 99");
        assertThat(answerTo("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)))
                .contains("does not speak");
        byte[] tooLong = new Preamble("east", "west", "echo").encode();
        tooLong[10] = 127;
        assertThat(answerTo(tooLong)).contains("allowed are 512");
        byte[] badWord = new Preamble("east", "west", "echo").encode();
        badWord[12] = (byte) 200;
        assertThat(answerTo(badWord)).contains("ends too early");
    }

    @Test
    void givesUpOnSlowCallersAndBoundsTheirNumber() throws Exception {
        Socket[] sockets = new Socket[STRANGERS + 3];
        for (int i = 0; i < sockets.length; i++) {
            sockets[i] = new Socket(west.address.address(), west.address.port());
            sockets[i].getOutputStream().write('K');
        }
        assertThat(west.dispatcher.connections()).hasSizeLessThanOrEqualTo(STRANGERS);
        for (Socket socket : sockets) {
            try (socket) {
                // ended by the other side, with or without words, without another byte from here
                readAll(socket);
            }
        }
        Awaitility.await().until(() -> west.dispatcher.connections().isEmpty());
        west.acceptors.put("echo", link -> {});
        west.caller("east").connect("west", "echo", PATIENCE).close();
    }

    @Test
    void closeEndsAReaderAndAWriterAtOnce() throws Exception {
        CountDownLatch leave = new CountDownLatch(1);
        west.acceptors.put("deaf", link -> {
            try {
                leave.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Link link = west.caller("east").connect("west", "deaf", PATIENCE);
        CompletableFuture<Throwable> reading = ending(() -> link.read(ByteBuffer.allocateDirect(1)));
        CompletableFuture<Throwable> writing = ending(() -> {
            ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
            while (true) {
                link.write(buffer.clear());
            }
        });
        Awaitility.await().pollDelay(Duration.ofMillis(50)).until(link::isOpen);
        link.close();
        assertThat(reading.get(5, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
        assertThat(writing.get(5, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
        assertThat(link.isOpen()).isFalse();
        leave.countDown();
    }

    @Test
    void aCallerGivesUpOnAHostThatDoesNotAnswer() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, java.net.InetAddress.getByName("127.0.0.1"))) {
            LinkConnector caller = new LinkConnector(
                    () -> Fixture.settings(
                            "east",
                            new HostAddress("127.0.0.1", 1),
                            Map.of("west", List.of(new HostAddress("127.0.0.1", silent.getLocalPort())))),
                    ClearText::new);
            assertThatThrownBy(() -> caller.connect("west", "echo", Duration.ofMillis(200)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("within");
        }
    }

    @Test
    void listensAsSoonAsTheAddressIsFree() throws Exception {
        ServerSocket taken = new ServerSocket();
        taken.bind(new InetSocketAddress("127.0.0.1", 0));
        int port = taken.getLocalPort();
        CompletableFuture<Boolean> called = new CompletableFuture<>();
        try (LinkListener late =
                new LinkListener(new HostAddress("127.0.0.1", port), Duration.ofMillis(20), channel -> {
                    Channels.close(channel);
                    called.complete(true);
                })) {
            late.start();
            assertThat(late.boundTo()).isEmpty();
            taken.close();
            Awaitility.await().until(() -> late.boundTo().isPresent());
            new Socket("127.0.0.1", port).close();
            assertThat(called.get(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    private interface Io {
        Object run() throws IOException;
    }

    private static CompletableFuture<Throwable> ending(Io io) {
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                end.completeExceptionally(new AssertionError("returned " + io.run()));
            } catch (IOException e) {
                end.complete(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return end;
    }

    private String answerTo(byte[] bytes) throws IOException {
        try (Socket socket = new Socket(west.address.address(), west.address.port())) {
            socket.getOutputStream().write(bytes);
            return readAll(socket);
        }
    }

    private static String readAll(Socket socket) throws IOException {
        socket.setSoTimeout(10_000);
        byte[] buffer = new byte[4096];
        int n = 0;
        try {
            for (int r; (r = socket.getInputStream().read(buffer, n, buffer.length - n)) > 0; ) {
                n += r;
            }
        } catch (java.net.SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            // a reset: as good an end as any
            return new String(buffer, 0, n, StandardCharsets.UTF_8);
        }
        return new String(buffer, 0, n, StandardCharsets.UTF_8);
    }
}
