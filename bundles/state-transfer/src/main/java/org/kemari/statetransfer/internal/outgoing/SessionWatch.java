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
 * Ends sessions that will come to nothing. Whoever works in one may be in the middle of a write that TCP would go on with
 * for a quarter of an hour, with outputs held and perhaps the guest paused: closing the link from outside frees it, and
 * the primary does what it does whenever a session ends. A session has no future when
 *
 * <ul>
 *   <li>the peer is lost, having been alive in the session's time;
 *   <li>the peer is not heard any more on the path that the link goes over, while it is on another one: nobody takes over
 *       then, and the next session goes over a path that works;
 *   <li>something is waited for and nothing moves: a standby may be alive and yet do nothing, as its disk hangs.
 * </ul>
 *
 * <p>One thread.
 */
final class SessionWatch {
    private final Supplier<Optional<HealthMonitor>> monitor;
    private final Supplier<Collection<? extends Watched>> sessions;

    /** A session, or the attempt to begin one. */
    interface Watched {
        String standby();

        /** Where the standby is reached: IP address and port. */
        String remoteAddress();

        /** For the watch's notes about it. */
        Notes notes();

        /** Why it is waiting in vain, if it is. */
        Optional<String> stalled();

        /** Ends it as if its link had broken. */
        void abandon(String reason);
    }

    /** What the watch has seen of one session. */
    static final class Notes {
        private boolean seenAlive;
    }

    SessionWatch(Supplier<Optional<HealthMonitor>> monitor, Supplier<Collection<? extends Watched>> sessions) {
        this.monitor = monitor;
        this.sessions = sessions;
    }

    /** Looks at all sessions; to be called every now and then. Names of hosts may have to be looked up. */
    void look() {
        for (Watched session : sessions.get()) {
            monitor.get()
                    .flatMap(m -> m.peer(session.standby()))
                    .flatMap(peer -> gone(peer, session.notes()).or(() -> loss(peer, session.remoteAddress())))
                    .or(session::stalled)
                    .ifPresent(session::abandon);
        }
    }

    /** A host that has never been heard may be tried all the same: the link that there is proves it alive. */
    private static Optional<String> gone(PeerHealth peer, Notes notes) {
        notes.seenAlive |= peer.state() == PeerState.ALIVE;
        return notes.seenAlive && peer.state() == PeerState.LOST
                ? Optional.of("host " + peer.peer() + " is lost: " + peer.reason())
                : Optional.empty();
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
