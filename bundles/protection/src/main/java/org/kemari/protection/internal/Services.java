package org.kemari.protection.internal;

import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.kemari.api.arbiter.Arbiter;
import org.kemari.api.config.KemariConfiguration;
import org.kemari.api.hypervisor.Hypervisor;
import org.kemari.api.restoration.RingRestoration;
import org.kemari.api.tap.EventTap;
import org.kemari.api.transfer.StateTransfer;

/**
 * What a controller works with.
 *
 * @param arbiter the configured engine; throws {@link IllegalStateException} if it is not there
 * @param fences switches off hosts that a domain is taken over from
 * @param alive the peers that are there
 * @param evacuating whether domains are to leave this host
 * @param workers for actions that block for longer than a checkpoint does
 */
record Services(
        KemariConfiguration configuration,
        Hypervisor hypervisor,
        EventTap eventTap,
        RingRestoration ringRestoration,
        StateTransfer stateTransfer,
        Supplier<Arbiter> arbiter,
        Fences fences,
        Supplier<Set<String>> alive,
        BooleanSupplier evacuating,
        Executor workers) {
    String self() {
        return configuration.host().name();
    }

    /**
     * Asks the arbiter; an engine that is missing or fails in an unforeseen way leaves the question open.
     *
     * @param ordered an operator has asked for just this, which is the decision that the manual engine waits for
     */
    ClaimResult ask(String domain, Claim claim, boolean ordered) {
        try {
            Arbiter engine = arbiter.get();
            Claims claims = new Claims(domain, self());
            ClaimResult result = claims.ask(engine, claim);
            if (ordered && engine.pending().stream().anyMatch(p -> p.domain().equals(domain))) {
                engine.decide(domain, true);
                return claims.ask(engine, claim);
            }
            return result;
        } catch (RuntimeException e) {
            return new ClaimResult.Open("the arbiter cannot be asked: " + e);
        }
    }
}
