package org.kemari.health.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.kemari.api.link.Link;
import org.kemari.api.link.LinkService;

/** Links over plain loopback sockets; the preamble is the dialler's name. */
final class SocketLinks implements LinkService, AutoCloseable {
    private final String name;
    private final Map<String, Integer> ports;
    private final ServerSocketChannel server;
    private final Set<Link> accepted = ConcurrentHashMap.newKeySet();
    volatile Consumer<Link> acceptor = link -> {};

    SocketLinks(String name, Map<String, Integer> ports) throws IOException {
        this.name = name;
        this.ports = ports;
        this.server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        ports.put(name, ((InetSocketAddress) server.getLocalAddress()).getPort());
        thread(this::serve);
    }

    private void serve() {
        while (server.isOpen()) {
            try {
                SocketChannel channel = server.accept();
                thread(() -> greet(channel));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void greet(SocketChannel channel) {
        try (channel) {
            ByteBuffer preamble = ByteBuffer.allocate(8);
            while (preamble.hasRemaining()) {
                if (channel.read(preamble) < 0) {
                    return;
                }
            }
            Link link = new SocketLink(new String(preamble.array()).strip(), channel);
            accepted.add(link);
            acceptor.accept(link);
            accepted.remove(link);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Link connect(String peer, String channel, Duration timeout) throws IOException {
        if (!server.isOpen()) {
            throw new IOException("dead");
        }
        SocketChannel out =
                SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.get(peer)));
        out.setOption(StandardSocketOptions.TCP_NODELAY, true);
        out.write(ByteBuffer.wrap(String.format("%-8s", name).getBytes()));
        return new SocketLink(peer, out);
    }

    /** What the kernel does when the process is killed, as far as the peers see it. */
    void resetAccepted() {
        accepted.forEach(Link::close);
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        resetAccepted();
    }

    private static void thread(Runnable work) {
        Thread thread = new Thread(work, "test-links");
        thread.setDaemon(true);
        thread.start();
    }

    private record SocketLink(String peer, SocketChannel channel) implements Link {
        @Override
        public String remoteAddress() {
            return channel.socket().getRemoteSocketAddress().toString();
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            return channel.read(target);
        }

        @Override
        public void write(ByteBuffer... sources) throws IOException {
            for (ByteBuffer source : sources) {
                while (source.hasRemaining()) {
                    channel.write(source);
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
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
