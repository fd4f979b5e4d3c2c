package org.kemari.protection.internal;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.hypervisor.VirtualMachine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of one domain when Kemari starts: carries out what {@link Startup} advises. Blocks until all is decided. */
final class Beginning {
    private static final Logger LOG = LoggerFactory.getLogger(Beginning.class);
    /** An engine of the arbiter that is just being started is there at once; one that cannot be reached is not. */
    private static final long FIRST_LOOK_MILLIS = 20;

    private static final long LAST_LOOK_MILLIS = 1000;

    private final Services services;
    private final DomainDefinition definition;
    private final Consumer<String> notes;
    private final VmRelay relay;
    private long lookAgainMillis = FIRST_LOOK_MILLIS;

    /** How it ends. */
    sealed interface Outcome {
        record Nothing() implements Outcome {}

        record Start() implements Outcome {}

        /** A guest that an earlier Kemari has left running, and the record that this host has won for it. */
        record Adopted(VirtualMachine vm, VmRelay relay, OwnershipRecord record) implements Outcome {}
    }

    /** @param notes told why nothing has happened yet, for people */
    Beginning(Services services, DomainDefinition definition, Consumer<String> notes) {
        this.services = services;
        this.definition = definition;
        this.notes = notes;
        this.relay = new VmRelay(definition.name());
    }

    /**
     * @param autostart whether the domain is to be started if it does not run and the record allows it
     * @param unfinished why no guest may boot here, as {@link StandbyMark} says
     */
    Outcome decide(boolean autostart, Optional<String> unfinished) throws IOException, InterruptedException {
        String name = definition.name();
        Optional<VirtualMachine> found =
                services.hypervisor().adopt(definition, services.configuration().paths(name), relay);
        long began = System.nanoTime();
        Startup.Advice advice = advise(found.isPresent(), autostart, unfinished, 0);
        while (advice.step() == Startup.Step.WAIT) {
            notes.accept(advice.reason());
            pause();
            advice = advise(found.isPresent(), autostart, unfinished, System.nanoTime() - began);
        }
        return switch (advice.step()) {
            case ADOPT -> adopt(found.orElseThrow());
            case DESTROY -> destroy(found.orElseThrow(), advice.reason());
            case START -> {
                LOG.info("domain {}: started by itself ({})", name, advice.reason());
                yield new Outcome.Start();
            }
            case NOTHING, WAIT -> {
                notes.accept(advice.reason());
                yield new Outcome.Nothing();
            }
        };
    }

    private void pause() throws InterruptedException {
        Thread.sleep(lookAgainMillis);
        lookAgainMillis = Math.min(2 * lookAgainMillis, LAST_LOOK_MILLIS);
    }

    private Startup.Advice advise(boolean found, boolean autostart, Optional<String> unfinished, long elapsedNanos) {
        try {
            Optional<OwnershipRecord> record = services.arbiter().get().read(definition.name());
            return Startup.advise(services.self(), record, found, autostart, unfinished, elapsedNanos);
        } catch (IOException | RuntimeException e) {
            return found || autostart
                    ? new Startup.Advice(Startup.Step.WAIT, "waiting for the arbiter: " + PrimaryController.reason(e))
                    : new Startup.Advice(Startup.Step.NOTHING, "not started");
        }
    }

    private Outcome adopt(VirtualMachine vm) throws InterruptedException {
        ClaimResult result = services.ask(definition.name(), new Claim.Start(), false);
        while (result instanceof ClaimResult.Open open) {
            notes.accept("left running by an earlier Kemari, waiting for the arbiter: " + open.reason());
            pause();
            if (!vm.isAlive()) {
                // Not to be claimed for any more: the domain may come back here by another way meanwhile.
                return destroy(vm, "it has ended");
            }
            result = services.ask(definition.name(), new Claim.Start(), false);
        }
        if (result instanceof ClaimResult.Refused refused) {
            return destroy(vm, refused.reason());
        }
        return new Outcome.Adopted(vm, relay, ((ClaimResult.Won) result).record());
    }

    private Outcome destroy(VirtualMachine vm, String why) {
        LOG.warn("domain {}: a guest left running by an earlier Kemari is ended: {}", definition.name(), why);
        vm.destroy();
        notes.accept(why);
        return new Outcome.Nothing();
    }
}
