package org.kemari.hypervisor.qemu.internal;

import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The monitor's connection: lines in, lines out. Two parties can wait for something to read, each by itself; which of them
 * then reads is their own agreement.
 */
final class QmpSocket implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QmpSocket.class);

    /** The longest reply used here, of {@code query-machines}, has some 100 KiB. */
    private static final int LONGEST_LINE = 4 << 20;

    private final SocketChannel channel;
    private final Selector waiter;
    private final Selector reader;
    private final LineBuffer lines = new LineBuffer(LONGEST_LINE);

    private QmpSocket(SocketChannel channel) throws IOException {
        this.channel = channel;
        channel.configureBlocking(false);
        waiter = Selector.open();
        reader = Selector.open();
        channel.register(waiter, SelectionKey.OP_READ);
        channel.register(reader, SelectionKey.OP_READ);
    }

    static QmpSocket connect(Path path) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(path));
            return new QmpSocket(channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Reads what is there and hands on the lines that are now complete.
     *
     * @return number of bytes read: 0 if nothing was there, -1 at the end
     */
    int readAvailable(LineBuffer.LineConsumer consumer) throws IOException {
        return lines.readFrom(channel, consumer);
    }

    /** Sends a line; the end of the line is added. */
    void write(byte[] line, long deadlineNanos) throws IOException {
        ByteBuffer buffer =
                ByteBuffer.allocate(line.length + 1).put(line).put((byte) '\n').flip();
        while (buffer.hasRemaining()) {
            // A command has some hundred bytes: the socket always takes it unless QEMU has stopped reading.
            if (channel.write(buffer) == 0) {
                if (System.nanoTime() >= deadlineNanos) {
                    throw new IOException("QEMU does not read its monitor");
                }
                Thread.onSpinWait();
            }
        }
    }

    /** Waits for something to read, on behalf of a command. Returns early when interrupted. */
    void awaitReply(long millis) throws IOException {
        waiter.select(millis);
        waiter.selectedKeys().clear();
    }

    /** Waits for something to read, or for {@link #wakeUp}, on behalf of the thread that reads when no command does. */
    void awaitAnything() throws IOException {
        reader.select();
        reader.selectedKeys().clear();
    }

    /** Ends {@link #awaitAnything}. */
    void wakeUp() {
        reader.wakeup();
    }

    /** Ends the connection and both kinds of waiting. Whoever waits for a reply must not be another thread. */
    @Override
    public void close() {
        closeQuietly(channel);
        closeQuietly(waiter);
        closeQuietly(reader);
    }

    private static void closeQuietly(Closeable resource) {
        try {
            resource.close();
        } catch (IOException e) {
            LOG.debug("closing {}: {}", resource, e.toString());
        }
    }
}
