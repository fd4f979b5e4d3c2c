package org.kemari.api.domain;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * How a domain is protected.
 *
 * @param standbys hosts that may be its standby, the preferred one first; this host's own name in it is ignored, so that
 *     all hosts can have the same list
 * @param automatic whether protection is begun, and begun again after a loss, without an operator, as long as one of the
 *     standbys is there
 * @param fence whether the old primary must have been fenced before a takeover
 * @param maxEpochAge a checkpoint is taken at least this often, outputs or not
 * @param minEpochGap shortest time between the starts of two checkpoints; 0 gives the lowest latency
 * @param writePolicy when mirrored disks are written
 */
public record ProtectionSettings(
        List<String> standbys,
        boolean automatic,
        FencePolicy fence,
        Duration maxEpochAge,
        Duration minEpochGap,
        WritePolicy writePolicy) {
    /** No standby named, a checkpoint at least every second, no gap, writes held. */
    public static final ProtectionSettings DEFAULT = new ProtectionSettings(
            List.of(), true, FencePolicy.AUTO, Duration.ofSeconds(1), Duration.ZERO, WritePolicy.HOLD);

    public ProtectionSettings {
        Objects.requireNonNull(fence);
        Objects.requireNonNull(maxEpochAge);
        Objects.requireNonNull(minEpochGap);
        Objects.requireNonNull(writePolicy);
        standbys = List.copyOf(standbys);
    }
}
