package org.kemari.link.internal;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.kemari.api.link.Link;

/**
 * A link over one TCP connection. <b>This is the one place through which every byte between hosts goes, and the place
 * where TLS will live:</b> it will take over the socket after the connection is made and before the preamble, wrap in
 * {@link #write} and unwrap in {@link #read}, and {@link #peer} will be what the certificate says. For now the bytes are
 * sent as they are.
 *
 * <p>The send and receive buffers are left to the kernel: setting them would switch off its auto-tuning and limit them to
 * {@code net.core.wmem_max}, usually far less than what auto-tuning reaches.
 */
final class SocketLink implements Link {
    private final SocketChannel channel;
    private final String peer;
    private final String remoteAddress;

    /**
     * @param channel connected, in blocking mode, prepared by {@link #prepare}
     * @param peer name of the host at the other end
     */
    SocketLink(SocketChannel channel, String peer) throws IOException {
        this.channel = channel;
        this.peer = peer;
        this.remoteAddress = String.valueOf(channel.getRemoteAddress()).replaceFirst("^.*/", "");
    }

    /** Small writes go out at once; a host that vanished is noticed in the end even by a connection at rest. */
    static void prepare(SocketChannel channel) throws IOException {
        channel.configureBlocking(true);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    }

    /** Input for the exchange of preambles: every read together must be done when the time is up. */
    static Preamble.TimedInput timedInput(SocketChannel channel, Duration timeout) throws IOException {
        InputStream stream = channel.socket().getInputStream();
        long deadline = System.nanoTime() + timeout.toNanos();
        return length -> {
            byte[] bytes = new byte[length];
            int done = 0;
            while (done < length) {
                long leftMillis = (deadline - System.nanoTime()) / 1_000_000;
                if (leftMillis <= 0) {
                    throw new SocketTimeoutException("no complete preamble within " + timeout.toMillis() + " ms");
                }
                channel.socket().setSoTimeout((int) Math.min(leftMillis, Integer.MAX_VALUE));
                int n;
                try {
                    n = stream.read(bytes, done, length - done);
                } catch (SocketTimeoutException e) {
                    continue;
                }
                if (n < 0) {
                    throw new EOFException("connection closed by the other end during the preamble");
                }
                done += n;
            }
            return bytes;
        };
    }

    static void writeFully(SocketChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public String peer() {
        return peer;
    }

    @Override
    public String remoteAddress() {
        return remoteAddress;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (!target.hasRemaining()) {
            throw new IllegalArgumentException("no room to read into");
        }
        return channel.read(target);
    }

    @Override
    public void write(ByteBuffer... sources) throws IOException {
        if (sources.length == 1) {
            writeFully(channel, sources[0]);
            return;
        }
        int first = 0;
        while (first < sources.length) {
            if (sources[first].hasRemaining()) {
                channel.write(sources, first, sources.length - first);
            } else {
                first++;
            }
        }
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() {
        Channels.close(channel);
    }

    @Override
    public String toString() {
        return "link with " + peer + " at " + remoteAddress;
    }
}
