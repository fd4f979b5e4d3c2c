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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.kemari.api.link.Link;
import org.kemari.api.link.LinkService;

/** Links over plain loopback sockets, one listening socket for each path; the preamble is the dialler's name. */
final class SocketLinks implements LinkService, AutoCloseable {
    private final String name;
    private final Map<String, Integer> ports;
    private final List<ServerSocketChannel> servers = new ArrayList<>();
    private final Map<String, Integer> rerouted = new ConcurrentHashMap<>();
    private final Map<Link, Integer> accepted = new ConcurrentHashMap<>();
    volatile Consumer<Link> acceptor = link -> {};

    /** @param ports the port of each path of each host: {@code name/path} */
    SocketLinks(String name, int paths, Map<String, Integer> ports) throws IOException {
        this.name = name;
        this.ports = ports;
        for (int path = 0; path < paths; path++) {
            int number = path;
            ServerSocketChannel server =
                    ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            servers.add(server);
            ports.put(name + "/" + path, ((InetSocketAddress) server.getLocalAddress()).getPort());
            thread(() -> serve(server, number));
        }
    }

    private void serve(ServerSocketChannel server, int path) {
        while (server.isOpen()) {
            try {
                SocketChannel channel = server.accept();
                thread(() -> greet(channel, path));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void greet(SocketChannel channel, int path) {
        try (channel) {
            ByteBuffer preamble = ByteBuffer.allocate(8);
            while (preamble.hasRemaining()) {
                if (channel.read(preamble) < 0) {
                    return;
                }
            }
            Link link = new SocketLink(new String(preamble.array()).strip(), channel);
            accepted.put(link, path);
            acceptor.accept(link);
            accepted.remove(link);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Link connect(String peer, String channel, Duration timeout) throws IOException {
        return connect(peer, 0, channel, timeout);
    }

    @Override
    public Link connect(String peer, int path, String channel, Duration timeout) throws IOException {
        if (!servers.get(0).isOpen()) {
            throw new IOException("dead");
        }
        Integer port = ports.get(peer + "/" + (path == 0 ? rerouted.getOrDefault(peer, 0) : path));
        if (port == null) {
            throw new IOException("no path " + path + " to " + peer);
        }
        SocketChannel out = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        out.setOption(StandardSocketOptions.TCP_NODELAY, true);
        out.write(ByteBuffer.wrap(String.format("%-8s", name).getBytes()));
        return new SocketLink(peer, out);
    }

    /** From now on path 0 to this peer leads to that one of its sockets. */
    void reach(String peer, int socket) {
        rerouted.put(peer, socket);
    }

    /** What the kernel does when the process is killed, as far as the peers see it. */
    void resetAccepted() {
        accepted.keySet().forEach(Link::close);
    }

    /** A cable is pulled: what was connected by it is reset, and nobody can connect by it any more. */
    void cut(int path) throws IOException {
        servers.get(path).close();
        accepted.forEach((link, by) -> {
            if (by == path) {
                link.close();
            }
        });
    }

    @Override
    public void close() {
        try {
            for (ServerSocketChannel server : servers) {
                server.close();
            }
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
