package org.kemari.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixSocketTest {
    @TempDir
    Path directory;

    private UnixListener listener;
    private UnixSocket client;
    private UnixSocket server;

    @BeforeEach
    void connect() throws Exception {
        listener = UnixListener.bind(directory.resolve("s"));
        CompletableFuture<UnixSocket> accepted = CompletableFuture.supplyAsync(() -> accept(listener));
        client = UnixSocket.connect(directory.resolve("s"));
        server = accepted.get(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
        listener.close();
    }

    @Test
    void descriptorsArriveWithTheirBytes() throws IOException {
        List<Fd> received = new ArrayList<>();
        try (Fd memory = Fd.memfd("shared", 4096);
                NativeMemory here = NativeMemory.map(memory, 0, 4096, true);
                EventFd event = EventFd.create()) {
            here.putLong(8, 42);
            client.send(ByteBuffer.wrap(new byte[] {1, 2, 3}), memory, event.fd());
            ByteBuffer buffer = ByteBuffer.allocate(10);
            assertThat(server.receive(buffer, received)).isEqualTo(3);
            assertThat(buffer.flip()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            assertThat(received).hasSize(2);
            assertThat(received.get(0).value()).isNotEqualTo(memory.value());
            try (NativeMemory there = NativeMemory.map(received.get(0), 0, 4096, true);
                    EventFd same = EventFd.adopt(received.get(1))) {
                assertThat(there.getLong(8)).isEqualTo(42);
                same.signal();
                assertThat(event.drain()).isTrue();
            }
            String flags = Files.readString(
                    Path.of("/proc/self/fdinfo/" + received.get(0).value()));
            assertThat(flags).containsPattern("flags:\\s+0?2\\d{6}");
        } finally {
            received.forEach(Fd::close);
        }
    }

    @Test
    void tooManyDescriptorsAreRefusedBySender() {
        Fd[] many = new Fd[UnixSocket.MAX_FDS + 1];
        assertThatThrownBy(() -> client.send(ByteBuffer.allocate(1), many))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> client.send(ByteBuffer.allocate(0), client.fd()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void largeMessagesComeInPiecesAndWhole() throws Exception {
        byte[] bytes = new byte[1_000_000];
        new Random(4).nextBytes(bytes);
        CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
            try {
                client.send(ByteBuffer.wrap(bytes));
                client.shutdown();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        ByteBuffer got = ByteBuffer.allocateDirect(bytes.length + 1);
        while (server.receive(got, new ArrayList<>()) >= 0) {
            assertThat(got.hasRemaining()).isTrue();
        }
        sent.get(10, TimeUnit.SECONDS);
        assertThat(got.flip()).isEqualTo(ByteBuffer.wrap(bytes));
    }

    @Test
    void shutdownEndsABlockedReceive() throws Exception {
        CompletableFuture<Integer> blocked = CompletableFuture.supplyAsync(() -> {
            try {
                return server.receive(ByteBuffer.allocate(1), new ArrayList<>());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        server.shutdown();
        assertThat(blocked.get(10, TimeUnit.SECONDS)).isEqualTo(-1);
        LinuxException e =
                catchThrowableOfType(LinuxException.class, () -> client.send(ByteBuffer.wrap(new byte[1 << 20])));
        assertThat(e.errno()).isEqualTo(LinuxException.EPIPE);
    }

    @Test
    void theEndOfTheStreamAndAClosedSocket() throws Exception {
        assertThat(server.peerPid()).isEqualTo(ProcessHandle.current().pid());
        client.close();
        assertThat(server.receive(ByteBuffer.allocate(1), new ArrayList<>())).isEqualTo(-1);
        assertThatThrownBy(() -> client.send(ByteBuffer.allocate(1))).isInstanceOf(IOException.class);
    }

    @Test
    void closingTheListenerEndsAcceptAndRemovesItsFile() throws Exception {
        CompletableFuture<UnixSocket> blocked = CompletableFuture.supplyAsync(() -> accept(listener));
        listener.close();
        assertThat(blocked.handle((socket, error) -> error != null).get(10, TimeUnit.SECONDS))
                .isTrue();
        assertThat(directory.resolve("s")).doesNotExist();
    }

    @Test
    void aStaleSocketFileIsReplacedAndALiveOneIsNot() throws Exception {
        Path path = directory.resolve("t");
        UnixListener stale = UnixListener.bind(path);
        stale.fd().close();
        assertThat(path).exists();
        try (UnixListener fresh = UnixListener.bind(path)) {
            LinuxException e = catchThrowableOfType(LinuxException.class, () -> UnixListener.bind(path));
            assertThat(e.errno()).isEqualTo(LinuxException.EADDRINUSE);
            assertThat(fresh.fd().isClosed()).isFalse();
        }
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> UnixListener.bind(file)).isInstanceOf(LinuxException.class);
        assertThat(file).exists();
        assertThatThrownBy(() -> UnixSocket.connect(directory.resolve("x".repeat(120))))
                .hasMessageContaining("ENAMETOOLONG");
    }

    @Test
    void anInheritedListenerServes() throws Exception {
        try (UnixListener inherited = UnixListener.adopt(listener.fd().duplicate())) {
            CompletableFuture<UnixSocket> accepted = CompletableFuture.supplyAsync(() -> accept(inherited));
            try (UnixSocket socket = UnixSocket.connect(directory.resolve("s"));
                    UnixSocket other = accepted.get(10, TimeUnit.SECONDS)) {
                socket.send(ByteBuffer.wrap(new byte[] {7}));
                assertThat(other.receive(ByteBuffer.allocate(5), new ArrayList<>()))
                        .isEqualTo(1);
            }
        }
        assertThat(directory.resolve("s")).exists();
    }

    private static UnixSocket accept(UnixListener listener) {
        try {
            return listener.accept();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
