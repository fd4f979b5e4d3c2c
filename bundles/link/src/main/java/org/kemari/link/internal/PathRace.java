package org.kemari.link.internal;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.kemari.api.config.HostAddress;

/**
 * TCP connections to the addresses of one host. They are tried in the order given; the next is not kept waiting for one
 * that does not answer (as RFC 8305 does it), and one that fails gives way at once. Those that are under way go on when
 * another was first, in case that one turns out to be no good. Not thread-safe.
 */
final class PathRace implements Closeable {
    /** How long a path may go without an answer before the next one is tried as well. */
    private static final long STAGGER_NANOS = TimeUnit.MILLISECONDS.toNanos(150);

    private final Selector selector;
    private final Deque<HostAddress> untried;
    private final List<HostAddress> pending = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private long nextStart = System.nanoTime();

    /** @param paths in the order in which to try them */
    PathRace(List<HostAddress> paths) throws IOException {
        this.untried = new ArrayDeque<>(paths);
        this.selector = Selector.open();
    }

    /** A connection that has come about; in blocking mode. */
    record Winner(HostAddress path, SocketChannel channel) {}

    /**
     * Waits for the next connection.
     *
     * @param deadline in terms of {@link System#nanoTime}
     * @return empty if no path is left, or the time is up; {@link #failures} says why
     */
    Optional<Winner> next(long deadline) throws IOException {
        while (!untried.isEmpty() || !pending.isEmpty()) {
            long now = System.nanoTime();
            if (now - deadline >= 0) {
                return Optional.empty();
            }
            if (!untried.isEmpty() && (pending.isEmpty() || now - nextStart >= 0)) {
                start(untried.poll());
                nextStart = System.nanoTime() + STAGGER_NANOS;
                continue;
            }
            long until = untried.isEmpty() || deadline - nextStart < 0 ? deadline : nextStart;
            selector.select(Math.max(1, TimeUnit.NANOSECONDS.toMillis(until - now)));
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted");
            }
            Optional<Winner> winner = finished();
            if (winner.isPresent()) {
                return winner;
            }
        }
        return Optional.empty();
    }

    /** Paths that have not been given up: what is left to share the time with. */
    int left() {
        return untried.size() + pending.size();
    }

    /** Notes what became of a connection after it had come about. */
    void failed(HostAddress path, String reason) {
        failures.add(path + ": " + reason);
    }

    /** What has gone wrong so far, path by path. */
    String failures(String otherwise) {
        List<String> all = new ArrayList<>(failures);
        pending.forEach(path -> all.add(path + ": " + otherwise));
        return all.isEmpty() ? otherwise : String.join("; ", all);
    }

    private void start(HostAddress path) throws IOException {
        InetSocketAddress target = new InetSocketAddress(path.address(), path.port());
        if (target.isUnresolved()) {
            failed(path, "the address cannot be resolved");
            return;
        }
        SocketChannel channel = SocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.connect(target);
            // one that is connected already (it happens on the loopback interface) is reported as connectable, too
            channel.register(selector, SelectionKey.OP_CONNECT, path);
            pending.add(path);
        } catch (IOException e) {
            Channels.close(channel);
            failed(path, String.valueOf(e.getMessage()));
        }
    }

    private Optional<Winner> finished() throws IOException {
        for (SelectionKey key : selector.selectedKeys()) {
            HostAddress path = (HostAddress) key.attachment();
            SocketChannel channel = (SocketChannel) key.channel();
            try {
                if (!channel.finishConnect()) {
                    continue;
                }
                selector.selectedKeys().remove(key);
                pending.remove(path);
                key.cancel();
                // a cancelled key must be gone before the channel may block
                selector.selectNow();
                channel.configureBlocking(true);
                return Optional.of(new Winner(path, channel));
            } catch (IOException e) {
                Channels.close(channel);
                pending.remove(path);
                failed(path, String.valueOf(e.getMessage()));
            }
        }
        selector.selectedKeys().clear();
        return Optional.empty();
    }

    /** Ends all attempts that are under way. */
    @Override
    public void close() {
        selector.keys().forEach(key -> Channels.close(key.channel()));
        Channels.close(selector);
    }
}
