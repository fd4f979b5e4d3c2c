package org.kemari.api.domain;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How a domain is protected.
 *
 * @param standby name of the host to protect it on when the operator names none
 * @param maxEpochAge a checkpoint is taken at least this often, outputs or not
 * @param minEpochGap shortest time between the starts of two checkpoints; 0 gives the lowest latency
 */
public record ProtectionSettings(Optional<String> standby, Duration maxEpochAge, Duration minEpochGap) {
    /** No standby named, a checkpoint at least every second, no gap. */
    public static final ProtectionSettings DEFAULT =
            new ProtectionSettings(Optional.empty(), Duration.ofSeconds(1), Duration.ZERO);

    public ProtectionSettings {
        Objects.requireNonNull(standby);
        Objects.requireNonNull(maxEpochAge);
        Objects.requireNonNull(minEpochGap);
    }
}
