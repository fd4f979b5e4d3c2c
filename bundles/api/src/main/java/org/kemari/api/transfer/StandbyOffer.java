package org.kemari.api.transfer;

import java.nio.ByteBuffer;
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
 * @param firmwareVariables the UEFI variables that the guest has on the primary now, if it has any: the standby's
 *     hypervisor must begin with them
 */
public record StandbyOffer(
        String primary,
        DomainIdentity identity,
        long generation,
        long session,
        Optional<ImageId> resumedFrom,
        Optional<ByteBuffer> firmwareVariables) {
    public StandbyOffer {
        Objects.requireNonNull(firmwareVariables);
        Objects.requireNonNull(primary);
        Objects.requireNonNull(identity);
        Objects.requireNonNull(resumedFrom);
    }

    /** An offer of a guest without UEFI variables. */
    public StandbyOffer(
            String primary, DomainIdentity identity, long generation, long session, Optional<ImageId> resumedFrom) {
        this(primary, identity, generation, session, resumedFrom, Optional.empty());
    }
}
