package org.kemari.api.transfer;

import java.util.Objects;
import java.util.Optional;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.domain.DomainPaths;

/**
 * What a primary wants to send.
 *
 * @param identity to be agreed upon
 * @param definition the domain on this host
 * @param paths where its files live on this host
 * @param pid process whose page tables tell what the guest has written
 * @param tracksPages whether the process tracks its pages; if not, memory is compared
 * @param standby host to send to
 * @param generation present generation of the domain
 * @param session number of this attempt
 * @param resumedFrom the checkpoint that the guest was resumed from, if its written pages have been tracked since and by
 *     no other session: a standby that still has that image needs only what changed
 */
public record OutgoingRequest(
        DomainIdentity identity,
        DomainDefinition definition,
        DomainPaths paths,
        long pid,
        boolean tracksPages,
        String standby,
        long generation,
        long session,
        Optional<ImageId> resumedFrom) {
    public OutgoingRequest {
        Objects.requireNonNull(identity);
        Objects.requireNonNull(definition);
        Objects.requireNonNull(paths);
        Objects.requireNonNull(standby);
        Objects.requireNonNull(resumedFrom);
    }
}
