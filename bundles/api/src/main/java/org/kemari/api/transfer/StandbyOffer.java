package org.kemari.api.transfer;

import java.util.Objects;
import java.util.Optional;

/**
 * What a primary asks a standby for.
 *
 * @param primary the host that asks
 * @param identity the domain as the primary has it
 * @param generation its generation
 * @param session number of the attempt
 * @param resumedFrom the checkpoint that the primary's guest was resumed from, if only what changed since need be sent to
 *     a host that still has it
 */
public record StandbyOffer(
        String primary, DomainIdentity identity, long generation, long session, Optional<ImageId> resumedFrom) {
    public StandbyOffer {
        Objects.requireNonNull(primary);
        Objects.requireNonNull(identity);
        Objects.requireNonNull(resumedFrom);
    }
}
