package org.kemari.link.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.config.HostAddress;
import org.kemari.api.link.Link;

/** Links through TLS, with keys that change every 256 KiB (keys.security). */
@Timeout(120)
class TlsLinkTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    static Path directory;

    private static Authority ours;
    private static Path westStores;
    private static Path eastStores;

    private final List<TlsSecurity> securities = new ArrayList<>();
    private Fixture west;
    private LinkConnector east;

    @BeforeAll
    static void makeCertificates() throws Exception {
        ours = Authority.in(directory.resolve("ours"));
        westStores = ours.host("west");
        eastStores = ours.host("east");
    }

    @BeforeEach
    void open() {
        west = new Fixture(Duration.ofSeconds(5), 8, security("west", westStores));
        east = west.caller("east", security("east", eastStores));
    }

    @AfterEach
    void close() {
        west.close();
        securities.forEach(TlsSecurity::close);
    }

    private TlsSecurity security(String host, Path stores) {
        TlsSecurity security = new TlsSecurity(host, Authority.settings(stores), Duration.ofMillis(20), Duration.ZERO);
        securities.add(security);
        return security;
    }

    /** Sends 4 MB in pieces of all sizes, from buffers of both kinds, several at a time. */
    private static void send(Link link, long seed) throws IOException {
        byte[] data = data(seed);
        Random sizes = new Random(seed + 1);
        for (int at = 0; at < data.length; ) {
            ByteBuffer[] parts = new ByteBuffer[1 + sizes.nextInt(4)];
            for (int i = 0; i < parts.length; i++) {
                int most = sizes.nextInt(4) == 0 ? 600_000 : 5000;
                int n = Math.min(data.length - at, sizes.nextInt(most));
                parts[i] = sizes.nextBoolean() ? ByteBuffer.allocateDirect(n) : ByteBuffer.allocate(n);
                parts[i].put(data, at, n).flip();
                at += n;
            }
            link.write(parts);
            for (ByteBuffer part : parts) {
                assertThat(part.remaining()).isZero();
            }
        }
    }

    private static byte[] data(long seed) {
        byte[] data = new byte[4_000_000];
        new Random(seed).nextBytes(data);
        return data;
    }

    private static void receive(Link link, long seed) throws IOException {
        byte[] expected = data(seed);
        Random sizes = new Random(seed + 2);
        for (int at = 0; at < expected.length; ) {
            int n = Math.min(expected.length - at, 1 + sizes.nextInt(sizes.nextBoolean() ? 1_000_000 : 3000));
            ByteBuffer piece = sizes.nextBoolean() ? ByteBuffer.allocateDirect(n) : ByteBuffer.allocate(n);
            link.readFully(piece);
            assertThat(piece.flip().mismatch(ByteBuffer.wrap(expected, at, n)))
                    .as("at %d", at)
                    .isEqualTo(-1);
            at += n;
        }
    }

    @Test
    void carriesALotBothWaysAtTheSameTime() throws Exception {
        CompletableFuture<Throwable> there = new CompletableFuture<>();
        west.acceptors.put("echo", link -> there.complete(both(link, 10, 20)));
        try (Link link = east.connect("west", "echo", PATIENCE)) {
            assertThat(link.peer()).isEqualTo("west");
            Throwable here = both(link, 20, 10);
            assertThat(here).isNull();
            assertThat(there.get(50, TimeUnit.SECONDS)).isNull();
        }
    }

    private static Throwable both(Link link, long sending, long receiving) {
        CompletableFuture<Throwable> sent = new CompletableFuture<>();
        Thread sender = new Thread(() -> {
            try {
                send(link, sending);
                sent.complete(null);
            } catch (IOException | RuntimeException | AssertionError e) {
                sent.complete(e);
            }
        });
        sender.start();
        try {
            receive(link, receiving);
            return sent.get(50, TimeUnit.SECONDS);
        } catch (Exception | AssertionError e) {
            return e;
        }
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
        Link link = east.connect("west", "deaf", PATIENCE);
        CompletableFuture<Throwable> reading = ending(() -> link.read(ByteBuffer.allocateDirect(1)));
        CompletableFuture<Throwable> writing = ending(() -> {
            ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
            while (true) {
                link.write(buffer.clear());
            }
        });
        Awaitility.await().pollDelay(Duration.ofMillis(100)).until(link::isOpen);
        link.close();
        assertThat(reading.get(5, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
        assertThat(writing.get(5, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
        assertThat(link.isOpen()).isFalse();
        assertThatThrownBy(() -> link.write(ByteBuffer.allocate(1))).isInstanceOf(IOException.class);
        leave.countDown();
    }

    @Test
    void anOrderlyEndAndACutAreDifferent() throws Exception {
        west.acceptors.put("brief", link -> {
            try {
                link.write(ByteBuffer.wrap(new byte[] {1}));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        try (Link link = east.connect("west", "brief", PATIENCE)) {
            ByteBuffer room = ByteBuffer.allocate(10);
            assertThat(link.read(room)).isEqualTo(1);
            assertThat(link.read(room)).isEqualTo(-1);
        }
        CountDownLatch cut = new CountDownLatch(1);
        west.acceptors.put("cut", link -> {
            west.dispatcher.connections().forEach(Channels::close);
            cut.countDown();
        });
        try (Link link = east.connect("west", "cut", PATIENCE)) {
            cut.await();
            assertThatThrownBy(() -> link.read(ByteBuffer.allocate(10)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cut off");
        }
    }

    @Test
    void aChangedByteIsNoticed() throws Exception {
        west.acceptors.put("echo", link -> {
            try {
                link.readFully(ByteBuffer.allocate(1000));
            } catch (IOException e) {
                return;
            }
            throw new IllegalStateException("a forged record was taken");
        });
        try (ServerSocket middle = new ServerSocket(0)) {
            CompletableFuture<Boolean> ended = new CompletableFuture<>();
            Thread man = new Thread(() -> forge(middle, ended));
            man.setDaemon(true);
            man.start();
            HostAddress detour = new HostAddress("127.0.0.1", middle.getLocalPort());
            LinkConnector misled = new LinkConnector(
                    () -> Fixture.settings("east", new HostAddress("127.0.0.1", 1), Map.of("west", List.of(detour))),
                    () -> securities.get(1));
            try (Link link = misled.connect("west", "echo", PATIENCE)) {
                link.write(ByteBuffer.allocate(1000));
                assertThatThrownBy(() -> link.read(ByteBuffer.allocate(10))).isInstanceOf(IOException.class);
            }
            assertThat(ended.get(40, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** Passes everything on, but changes a bit of the first large record. */
    private void forge(ServerSocket middle, CompletableFuture<Boolean> ended) {
        try (Socket caller = middle.accept();
                Socket called = new Socket(west.address.address(), west.address.port())) {
            Thread back = new Thread(() -> {
                try {
                    called.getInputStream().transferTo(caller.getOutputStream());
                    caller.shutdownOutput();
                } catch (IOException e) {
                    ended.complete(true);
                }
                ended.complete(true);
            });
            back.start();
            byte[] head = new byte[5];
            boolean finished = false;
            while (caller.getInputStream().readNBytes(head, 0, 5) == 5) {
                int length = Byte.toUnsignedInt(head[3]) << 8 | Byte.toUnsignedInt(head[4]);
                byte[] body = caller.getInputStream().readNBytes(length);
                if (head[0] == 23 && length > 1000 && length < 1100) {
                    body[length / 2] ^= 1;
                    finished = true;
                }
                called.getOutputStream().write(head);
                called.getOutputStream().write(body);
                if (finished) {
                    break;
                }
            }
            back.join();
        } catch (IOException | InterruptedException e) {
            ended.completeExceptionally(e);
        }
    }

    @Test
    void newCertificatesAreTakenWithoutARestart() throws Exception {
        west.acceptors.put("hold", link -> {
            try {
                link.read(ByteBuffer.allocate(1));
            } catch (IOException e) {
                return;
            }
        });
        Path stores = ours.host("east");
        LinkConnector changing = west.caller("east", security("east", stores));
        try (Link before = changing.connect("west", "hold", PATIENCE)) {
            Authority other = Authority.in(directory.resolve("other"));
            try (Lines lines = new Lines()) {
                Files.write(stores.resolve("host.p12"), new byte[] {1, 2, 3});
                lines.await("the ones before stay: the key store");
            }
            changing.connect("west", "hold", PATIENCE).close();
            replace(other.host("east"), stores);
            Awaitility.await().until(() -> {
                try {
                    changing.connect("west", "hold", PATIENCE).close();
                    return false;
                } catch (IOException e) {
                    return e.getMessage().contains("not signed by a CA");
                }
            });
            assertThat(before.isOpen()).isTrue();
            before.write(ByteBuffer.allocate(1));
            replace(ours.host("east"), stores);
            Awaitility.await().until(() -> {
                try {
                    changing.connect("west", "hold", PATIENCE).close();
                    return true;
                } catch (IOException e) {
                    return false;
                }
            });
        }
    }

    private static void replace(Path from, Path to) throws IOException {
        for (String file : List.of("ca.p12", "host.p12")) {
            Files.copy(from.resolve(file), to.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @Test
    void storesThatComeLaterAreTaken() throws Exception {
        west.acceptors.put("echo", link -> {});
        Path late = directory.resolve("late");
        LinkConnector caller = west.caller("east", security("east", late));
        assertThatThrownBy(() -> caller.connect("west", "echo", PATIENCE)).hasMessageContaining("makes no links");
        Files.createDirectories(late);
        replace(eastStores, late);
        Files.copy(eastStores.resolve("password"), late.resolve("password"));
        Awaitility.await().until(() -> {
            try {
                caller.connect("west", "echo", PATIENCE).close();
                return true;
            } catch (IOException e) {
                return false;
            }
        });
    }

    @Test
    void warmingUpTouchesNothing() throws Exception {
        new TlsWarmUp().run(TlsIdentity.load("east", Authority.settings(eastStores)), "east", Duration.ofMillis(50));
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
}
