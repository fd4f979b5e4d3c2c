package org.kemari.api.transfer;

import java.util.Objects;

/**
 * What a primary asks a standby for.
 *
 * @param primary the host that asks
 * @param identity the domain as the primary has it
 * @param generation its generation
 * @param session number of the attempt
 */
public record StandbyOffer(String primary, DomainIdentity identity, long generation, long session) {
    public StandbyOffer {
        Objects.requireNonNull(primary);
        Objects.requireNonNull(identity);
    }
}
