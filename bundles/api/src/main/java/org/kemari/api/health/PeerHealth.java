package org.kemari.api.health;

import java.util.List;
import java.util.Objects;
import org.kemari.api.stats.LatencySummary;

/**
 * A peer as seen from this host.
 *
 * @param peer name of the host
 * @param state what is known of it
 * @param reason why it is in that state, for people
 * @param sinceEpochMillis wall-clock time of the last change of state
 * @param lastHeardEpochMillis wall-clock time of the last heartbeat, 0 for never
 * @param heartbeatsSent counter
 * @param heartbeatsReceived counter
 * @param losses how often the peer has been lost
 * @param roundTrip heartbeat round-trip time, over all paths
 * @param paths one entry for each address of the peer, in the order of the settings
 */
public record PeerHealth(
        String peer,
        PeerState state,
        String reason,
        long sinceEpochMillis,
        long lastHeardEpochMillis,
        long heartbeatsSent,
        long heartbeatsReceived,
        long losses,
        LatencySummary roundTrip,
        List<PathHealth> paths) {
    public PeerHealth {
        Objects.requireNonNull(peer);
        Objects.requireNonNull(state);
        Objects.requireNonNull(reason);
        Objects.requireNonNull(roundTrip);
        paths = List.copyOf(paths);
    }
}
