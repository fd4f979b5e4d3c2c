package org.kemari.link.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the outgoing connections. */
final class LinkConnector implements LinkService {
    private static final Logger LOG = LoggerFactory.getLogger(LinkConnector.class);

    private final Supplier<HostSettings> settings;
    private final Supplier<Security> security;
    private final Complaints complaints = new Complaints(System::nanoTime);
    /** The path that worked last, by peer. */
    private final Map<String, HostAddress> proven = new ConcurrentHashMap<>();

    /** @param security what protects the next connection */
    LinkConnector(Supplier<HostSettings> settings, Supplier<Security> security) {
        this.settings = settings;
        this.security = security;
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
        Security current = security.get();
        current.ready();
        long deadline = System.nanoTime() + timeout.toNanos();
        try (PathRace race = new PathRace(paths)) {
            for (Optional<PathRace.Winner> next = race.next(deadline); next.isPresent(); next = race.next(deadline)) {
                PathRace.Winner winner = next.get();
                // a path on which nobody answers must leave the others their time
                long share = (deadline - System.nanoTime()) / (1 + race.left());
                try {
                    Link link = introduce(winner, current, preamble, Duration.ofNanos(share));
                    proven.put(peer, winner.path());
                    complaints.settled(about(winner, preamble));
                    return link;
                } catch (IOException | RuntimeException e) {
                    Channels.close(winner.channel());
                    race.failed(winner.path(), String.valueOf(e.getMessage()));
                    complain(winner, preamble, e);
                }
            }
            throw new IOException("no link to host " + peer + " for " + channelName + ": "
                    + race.failures("no connection within " + timeout.toMillis() + " ms"));
        }
    }

    /** Says who calls and for what, and hears whether that is welcome. */
    private static Link introduce(PathRace.Winner winner, Security security, Preamble preamble, Duration timeout)
            throws IOException {
        Connection connection = new Connection(winner.channel());
        connection.limit(timeout);
        Wire wire = security.dialled(connection, preamble.to());
        try {
            PreambleReply reply = exchange(wire, preamble);
            if (!reply.accepted()) {
                throw new PreambleException("refused: " + reply.reason());
            }
        } catch (IOException e) {
            wire.close();
            throw security.explain(e, preamble.to());
        }
        connection.unlimited();
        return new SocketLink(wire, preamble.to(), connection.remoteAddress());
    }

    private static PreambleReply exchange(Wire wire, Preamble preamble) throws IOException {
        try {
            wire.write(ByteBuffer.wrap(preamble.encode()));
        } catch (IOException e) {
            // who refuses this host's certificate closes while the preamble is on its way; why, can still be read
            LOG.debug("The preamble could not be sent", e);
        }
        return PreambleReply.read(SocketLink.input(wire));
    }

    private void complain(PathRace.Winner winner, Preamble preamble, Exception e) {
        if (e instanceof SecurityRefusal
                && complaints.isNews(about(winner, preamble), String.valueOf(e.getMessage()))) {
            LOG.warn(
                    "No link to host {} at {}: {} (said once; attempts with the same result are logged at DEBUG)",
                    preamble.to(),
                    winner.path(),
                    e.getMessage());
        }
        LOG.debug("No link to host {} at {} for {}", preamble.to(), winner.path(), preamble.channel(), e);
    }

    private static String about(PathRace.Winner winner, Preamble preamble) {
        return preamble.to() + " at " + winner.path();
    }
}
