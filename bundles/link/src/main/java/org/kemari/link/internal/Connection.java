package org.kemari.link.internal;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * One TCP connection, with an end to the patience while the two ends get to know each other.
 *
 * <p>The send and receive buffers are left to the kernel: setting them would switch off its auto-tuning and limit them to
 * {@code net.core.wmem_max}, usually far less than what auto-tuning reaches.
 */
final class Connection implements Closeable {
    private static final int TIMED_PIECE = 8192;
    private static final int LINGER_BYTES = 256 * 1024;

    private final SocketChannel channel;
    private final String remoteAddress;
    private volatile boolean timed;
    private long deadline;
    private long timeoutMillis;

    /** @param channel connected */
    Connection(SocketChannel channel) throws IOException {
        this.channel = channel;
        this.remoteAddress = String.valueOf(channel.getRemoteAddress()).replaceFirst("^.*/", "");
        channel.configureBlocking(true);
        // small writes go out at once; a host that vanished is noticed in the end even by a connection at rest
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    }

    String remoteAddress() {
        return remoteAddress;
    }

    /** The other end's machine, without the port. */
    String remoteMachine() {
        InetAddress address = channel.socket().getInetAddress();
        return address == null ? remoteAddress : address.getHostAddress();
    }

    /** From now on all reads together must be done within this time. */
    void limit(Duration timeout) {
        deadline = System.nanoTime() + timeout.toNanos();
        timeoutMillis = timeout.toMillis();
        timed = true;
    }

    /** From now on reads may take as long as they like. */
    void unlimited() {
        timed = false;
    }

    int read(ByteBuffer target) throws IOException {
        return timed ? timedRead(target) : channel.read(target);
    }

    private int timedRead(ByteBuffer target) throws IOException {
        byte[] bytes = new byte[Math.min(target.remaining(), TIMED_PIECE)];
        while (true) {
            long leftMillis = (deadline - System.nanoTime()) / 1_000_000;
            if (leftMillis <= 0) {
                throw new SocketTimeoutException("the other end did not say what it should within " + timeoutMillis
                        + " ms of the connection's beginning");
            }
            channel.socket().setSoTimeout((int) Math.min(leftMillis, Integer.MAX_VALUE));
            try {
                int n = channel.socket().getInputStream().read(bytes);
                if (n > 0) {
                    target.put(bytes, 0, n);
                }
                return n;
            } catch (SocketTimeoutException e) {
                // the time that is left is looked at above
                continue;
            }
        }
    }

    /** Writes all of it. */
    void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Writes all of them. */
    void write(ByteBuffer[] sources) throws IOException {
        int first = 0;
        while (first < sources.length) {
            if (sources[first].hasRemaining()) {
                channel.write(sources, first, sources.length - first);
            } else {
                first++;
            }
        }
    }

    /**
     * Sees to it that the last words arrive: what the other end sent and nobody read would make the close a reset, which
     * can overtake them. Waits a moment for the other end to close.
     */
    void linger(Duration patience) {
        try {
            channel.shutdownOutput();
            limit(patience);
            ByteBuffer rest = ByteBuffer.allocate(TIMED_PIECE);
            for (int total = 0, n; total < LINGER_BYTES && (n = read(rest.clear())) >= 0; total += n) {
                continue;
            }
        } catch (IOException e) {
            // it has had its chance
            return;
        }
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() {
        Channels.close(channel);
    }
}
