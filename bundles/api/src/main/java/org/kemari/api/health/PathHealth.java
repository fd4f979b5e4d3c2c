package org.kemari.api.health;

import java.util.Objects;
import org.kemari.api.stats.LatencySummary;

/**
 * One way to a peer: one of its addresses.
 *
 * @param address the address, with its port
 * @param state what is known of the peer by this path alone
 * @param reason why it is in that state, for people
 * @param suspicion how surprising the present silence is, given the intervals seen before: the phi of an accrual detector
 *     (minus the decimal logarithm of the probability that a heartbeat comes still later), 0 without a connection
 * @param sinceEpochMillis wall-clock time of the last change of state
 * @param lastHeardEpochMillis wall-clock time of the last heartbeat, 0 for never
 * @param roundTrip heartbeat round-trip time
 */
public record PathHealth(
        String address,
        PeerState state,
        String reason,
        double suspicion,
        long sinceEpochMillis,
        long lastHeardEpochMillis,
        LatencySummary roundTrip) {
    public PathHealth {
        Objects.requireNonNull(address);
        Objects.requireNonNull(state);
        Objects.requireNonNull(reason);
        Objects.requireNonNull(roundTrip);
    }
}
