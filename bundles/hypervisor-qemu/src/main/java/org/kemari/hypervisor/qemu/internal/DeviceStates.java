package org.kemari.hypervisor.qemu.internal;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.kemari.api.domain.DomainPaths;

/**
 * Carries device state between QEMU and us: out through a file in memory, in through a unix socket.
 *
 * <p>The file is written again and again in place, and read into one buffer that grows as needed, so that a checkpoint
 * allocates nothing.
 */
final class DeviceStates implements AutoCloseable {
    /** First bytes of QEMU's migration format. */
    private static final int MAGIC = 0x5145564d;

    private final Path file;
    private final Path incomingSocket;
    private FileChannel channel;
    private ByteBuffer buffer = ByteBuffer.allocateDirect(256 << 10);

    DeviceStates(DomainPaths paths) throws IOException {
        file = inMemory(paths);
        incomingSocket = paths.runDirectory().resolve("incoming.sock");
        // Made here, so that QEMU opens no file that somebody else has put there.
        Files.deleteIfExists(file);
        Files.createFile(file, Workspace.PRIVATE_FILE);
    }

    /** In the run directory, or beside the guest's memory when only that is on a tmpfs. */
    private static Path inMemory(DomainPaths paths) throws IOException {
        Path ramDirectory = paths.ramFile().toAbsolutePath().getParent();
        boolean onlyRamIsInMemory = !isTmpfs(paths.runDirectory()) && isTmpfs(ramDirectory);
        return onlyRamIsInMemory
                ? ramDirectory.resolve(paths.ramFile().getFileName() + ".devices")
                : paths.runDirectory().resolve("devices.state");
    }

    private static boolean isTmpfs(Path directory) throws IOException {
        return Files.getFileStore(directory).type().equals("tmpfs");
    }

    /** Where QEMU saves to. */
    Path file() {
        return file;
    }

    /** Where QEMU loads from. */
    Path incomingSocket() {
        return incomingSocket;
    }

    /** Reads what QEMU has saved; valid until the next call. */
    synchronized ByteBuffer read() throws IOException {
        if (channel == null || !channel.isOpen()) {
            channel = FileChannel.open(file, StandardOpenOption.READ);
        }
        long size = channel.size();
        if (size < Integer.BYTES || size > Integer.MAX_VALUE) {
            throw new IOException("the saved device state has " + size + " bytes");
        }
        if (size > buffer.capacity()) {
            buffer = ByteBuffer.allocateDirect((int) Math.min(Integer.MAX_VALUE, Long.highestOneBit(size) * 2));
        }
        buffer.clear().limit((int) size);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, buffer.position()) < 0) {
                throw new IOException("the saved device state shrank while it was read");
            }
        }
        buffer.flip();
        if (buffer.getInt(0) != MAGIC) {
            throw new IOException("the saved device state does not begin as one");
        }
        return buffer.asReadOnlyBuffer();
    }

    /** Sends a state to a QEMU that listens on {@link #incomingSocket}. */
    void send(ByteBuffer state, Duration timeout) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        ByteBuffer rest = state.duplicate();
        try (SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
                Selector selector = Selector.open()) {
            socket.connect(UnixDomainSocketAddress.of(incomingSocket));
            socket.configureBlocking(false);
            socket.register(selector, SelectionKey.OP_WRITE);
            while (rest.hasRemaining()) {
                if (socket.write(rest) == 0) {
                    selector.select(10);
                    selector.selectedKeys().clear();
                    if (System.nanoTime() >= deadline) {
                        throw new IOException("QEMU takes no more of the device state");
                    }
                }
            }
        }
    }

    /** Removes the files; for the end of the virtual machine. */
    @Override
    public synchronized void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
        Files.deleteIfExists(file);
        Files.deleteIfExists(incomingSocket);
    }
}
