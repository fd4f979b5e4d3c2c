package org.kemari.protection.internal;

import java.io.IOException;
import java.util.Optional;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.transfer.DomainIdentity;
import org.kemari.api.transfer.RefusedException;
import org.kemari.api.transfer.StandbyOffer;

/** Decides whether this host can be the standby that a primary asks for. */
final class StandbyAdmission {
    private final Services services;

    StandbyAdmission(Services services) {
        this.services = services;
    }

    /**
     * @return this host's definition of the domain
     * @throws RefusedException with a reason that tells the primary's operator what to do
     */
    DomainDefinition check(StandbyOffer offer) throws RefusedException {
        String self = services.self();
        String name = offer.identity().domain();
        DomainDefinition definition = services.configuration()
                .domain(name)
                .orElseThrow(() -> new RefusedException("host " + self + " has no valid definition of domain " + name
                        + ": put one into " + services.configuration().host().domainDirectory()));
        try {
            DomainIdentity ours =
                    Identities.of(definition, services.hypervisor().identity(definition));
            Optional<String> difference = Identities.difference(offer.primary(), offer.identity(), self, ours);
            if (difference.isPresent()) {
                throw new RefusedException(difference.get());
            }
            checkRecord(offer);
            long available =
                    HostMemory.available(services.configuration().host().ramRoot());
            if (available < definition.memoryBytes()) {
                throw new RefusedException("standby " + self + " has " + available / (1 << 20)
                        + " MiB, the domain needs " + definition.memoryBytes() / (1 << 20) + " MiB");
            }
        } catch (RefusedException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new RefusedException("host " + self + " cannot be the standby: " + PrimaryController.reason(e));
        }
        return definition;
    }

    private void checkRecord(StandbyOffer offer) throws IOException {
        Optional<OwnershipRecord> record =
                services.arbiter().get().read(offer.identity().domain());
        Optional<String> refusal = Admission.refusal(record, offer.primary(), offer.generation());
        if (refusal.isPresent()) {
            throw new RefusedException(refusal.get());
        }
    }
}
