package org.kemari.statetransfer.internal.outgoing;

import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Supplier;
import org.kemari.api.health.HealthMonitor;
import org.kemari.api.health.PathHealth;
import org.kemari.api.health.PeerHealth;
import org.kemari.api.health.PeerState;

/**
 * Ends sessions that go over a path on which the peer is not heard any more, while it is on another one. Such a link is
 * not broken as far as anybody can tell: it would be waited for, with outputs held, until the path is back. That the
 * session is over makes the primary begin another one, over a path that works; nobody takes over meanwhile, for the peer
 * as a whole is alive.
 */
final class LostPaths {
    private final Supplier<Optional<HealthMonitor>> monitor;
    private final Supplier<Collection<PrimarySession>> sessions;

    LostPaths(Supplier<Optional<HealthMonitor>> monitor, Supplier<Collection<PrimarySession>> sessions) {
        this.monitor = monitor;
        this.sessions = sessions;
    }

    /** Looks at all sessions. Names of hosts may have to be looked up. */
    void look() {
        for (PrimarySession session : sessions.get()) {
            monitor.get()
                    .flatMap(m -> m.peer(session.standby()))
                    .flatMap(peer -> loss(peer, session.remoteAddress()))
                    .ifPresent(session::abandon);
        }
    }

    /**
     * Why a link to the peer has no future.
     *
     * @param remoteAddress where the link goes, as an IP address and a port
     */
    static Optional<String> loss(PeerHealth peer, String remoteAddress) {
        boolean another = peer.paths().stream().anyMatch(path -> path.state() == PeerState.ALIVE);
        return peer.paths().stream()
                .filter(path -> another && path.state() == PeerState.LOST && leadsTo(path, remoteAddress))
                .findFirst()
                .map(path -> "the path to " + peer.peer() + " over " + path.address() + " is lost (" + path.reason()
                        + "), another one is not");
    }

    private static boolean leadsTo(PathHealth path, String remoteAddress) {
        if (path.address().equals(remoteAddress)) {
            return true;
        }
        int colon = path.address().lastIndexOf(':');
        if (colon < 0) {
            return false;
        }
        // a host name in the settings, or an IPv6 address written another way
        String host = path.address().substring(0, colon).replaceAll("^\\[|]$", "");
        InetSocketAddress address =
                new InetSocketAddress(host, Integer.parseInt(path.address().substring(colon + 1)));
        return !address.isUnresolved()
                && address.toString().replaceFirst("^.*/", "").equals(remoteAddress);
    }
}
