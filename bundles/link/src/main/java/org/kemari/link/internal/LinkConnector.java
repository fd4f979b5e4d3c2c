package org.kemari.link.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.kemari.api.config.HostAddress;
import org.kemari.api.config.HostSettings;
import org.kemari.api.link.Link;
import org.kemari.api.link.LinkService;

/** Makes the outgoing connections. */
final class LinkConnector implements LinkService {
    private final Supplier<HostSettings> settings;
    /** The path that worked last, by peer. */
    private final Map<String, HostAddress> proven = new ConcurrentHashMap<>();

    LinkConnector(Supplier<HostSettings> settings) {
        this.settings = settings;
    }

    @Override
    public Link connect(String peer, String channel, Duration timeout) throws IOException {
        HostSettings host = settings.get();
        List<HostAddress> paths = new ArrayList<>(paths(host, peer));
        HostAddress first = proven.get(peer);
        if (first != null && paths.remove(first)) {
            paths.add(0, first);
        }
        return connect(host, peer, paths, channel, timeout);
    }

    @Override
    public Link connect(String peer, int path, String channel, Duration timeout) throws IOException {
        HostSettings host = settings.get();
        List<HostAddress> paths = paths(host, peer);
        if (path < 0 || path >= paths.size()) {
            throw new IOException("host " + peer + " has no path " + path + ": its addresses are " + paths);
        }
        return connect(host, peer, List.of(paths.get(path)), channel, timeout);
    }

    private static List<HostAddress> paths(HostSettings host, String peer) throws IOException {
        List<HostAddress> paths = host.peers().get(peer);
        if (paths == null || paths.isEmpty()) {
            throw new IOException("host " + peer + " is not among the peers of " + host.name() + ": "
                    + host.peers().keySet());
        }
        return paths;
    }

    private Link connect(HostSettings host, String peer, List<HostAddress> paths, String channelName, Duration timeout)
            throws IOException {
        Preamble preamble = new Preamble(host.name(), peer, channelName);
        long deadline = System.nanoTime() + timeout.toNanos();
        try (PathRace race = new PathRace(paths)) {
            for (Optional<PathRace.Winner> next = race.next(deadline); next.isPresent(); next = race.next(deadline)) {
                PathRace.Winner winner = next.get();
                // a path on which nobody answers must leave the others their time
                long share = (deadline - System.nanoTime()) / (1 + race.left());
                try {
                    Link link = introduce(winner.channel(), preamble, Duration.ofNanos(share));
                    proven.put(preamble.to(), winner.path());
                    return link;
                } catch (IOException | RuntimeException e) {
                    Channels.close(winner.channel());
                    race.failed(winner.path(), String.valueOf(e.getMessage()));
                }
            }
            throw new IOException("no link to host " + peer + " for " + channelName + ": "
                    + race.failures("no connection within " + timeout.toMillis() + " ms"));
        }
    }

    /** Says who calls and for what, and hears whether that is welcome. */
    private static Link introduce(SocketChannel channel, Preamble preamble, Duration timeout) throws IOException {
        SocketLink.prepare(channel);
        SocketLink.writeFully(channel, ByteBuffer.wrap(preamble.encode()));
        PreambleReply reply = PreambleReply.read(SocketLink.timedInput(channel, timeout));
        if (!reply.accepted()) {
            throw new PreambleException("refused: " + reply.reason());
        }
        return new SocketLink(channel, preamble.to());
    }
}
