package org.kemari.statetransfer.internal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CountDownLatch;
import org.kemari.api.link.Link;

/** A link over a loopback connection, which can be told to break after some bytes, or to damage one. */
public final class TestLink implements Link {
    private final SocketChannel channel;
    private final String peer;
    private long breakAfter = Long.MAX_VALUE;
    private long damageAt = -1;
    private long written;
    private volatile boolean stopped;
    private final CountDownLatch waiting = new CountDownLatch(1);

    private TestLink(SocketChannel channel, String peer) throws IOException {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        this.channel = channel;
        this.peer = peer;
    }

    /** Both ends of one connection: the caller's and the called one's. */
    public static TestLink[] pair() throws IOException {
        return pair("east", "west");
    }

    /** The same, between hosts of these names. */
    public static TestLink[] pair(String callerName, String calledName) throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            SocketChannel caller = SocketChannel.open(server.getLocalAddress());
            return new TestLink[] {new TestLink(caller, calledName), new TestLink(server.accept(), callerName)};
        }
    }

    /** The write that would go beyond this many bytes goes as far as that, then the link is gone. */
    public void breakAfter(long bytes) {
        breakAfter = bytes;
    }

    /** Flips a bit of the byte with this number. */
    public void damageAt(long position) {
        damageAt = position;
    }

    /** From now on nothing is taken any more, as when a path is silent and the kernel's buffer is full. */
    public void stop() {
        stopped = true;
    }

    /** Waits until somebody is held up by that. */
    public void awaitStopped() throws InterruptedException {
        waiting.await();
    }

    private synchronized void stand() throws IOException {
        try {
            while (stopped && channel.isOpen()) {
                waiting.countDown();
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
        if (stopped) {
            throw new AsynchronousCloseException();
        }
    }

    public long written() {
        return written;
    }

    @Override
    public String peer() {
        return peer;
    }

    @Override
    public String remoteAddress() {
        return "test";
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return channel.read(target);
    }

    @Override
    public void write(ByteBuffer... sources) throws IOException {
        stand();
        for (ByteBuffer source : sources) {
            ByteBuffer bytes = source;
            if (damageAt >= written && damageAt < written + source.remaining()) {
                bytes = ByteBuffer.allocate(source.remaining()).put(source).flip();
                int at = (int) (damageAt - written);
                bytes.put(at, (byte) (bytes.get(at) ^ 0x10));
            }
            boolean breaks = written + bytes.remaining() > breakAfter;
            if (breaks) {
                bytes.limit(bytes.position() + (int) (breakAfter - written));
            }
            while (bytes.hasRemaining()) {
                written += channel.write(bytes);
            }
            if (breaks) {
                close();
                throw new IOException("the link broke, as the test wants it");
            }
        }
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() {
        try {
            channel.close();
            synchronized (this) {
                notifyAll();
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
