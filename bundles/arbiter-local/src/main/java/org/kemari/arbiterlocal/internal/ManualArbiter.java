package org.kemari.arbiterlocal.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.kemari.api.arbiter.Arbiter;
import org.kemari.api.arbiter.ArbiterException;
import org.kemari.api.arbiter.CasOutcome;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.arbiter.PendingDecision;
import org.kemari.api.config.KemariConfiguration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Engine {@code manual}: this host's own records, and an operator in the place of the third party. First records and
 * joins pass at once; whatever makes the generation grow waits for {@link #decide}.
 */
@Component(service = Arbiter.class, property = Arbiter.ENGINE + "=manual")
public final class ManualArbiter implements Arbiter {
    /** How long a question is shown after it was last asked, and how long an unused answer counts. */
    static final Duration LAPSE = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(ManualArbiter.class);

    private final RecordStore store;
    private final Decisions decisions;
    private final LongSupplier nanoClock;

    @Activate
    public ManualArbiter(@Reference KemariConfiguration configuration) {
        this(
                new RecordStore(
                        configuration
                                .host()
                                .arbiterDirectory()
                                .resolve("manual-" + configuration.host().name()),
                        FileArbiter.LOCK_WAIT),
                new Decisions(LAPSE),
                System::nanoTime);
    }

    ManualArbiter(RecordStore store, Decisions decisions, LongSupplier nanoClock) {
        this.store = store;
        this.decisions = decisions;
        this.nanoClock = nanoClock;
    }

    @Override
    public Optional<OwnershipRecord> read(String domain) throws ArbiterException {
        return store.read(domain);
    }

    @Override
    public CasOutcome compareAndSet(Optional<OwnershipRecord> expected, OwnershipRecord next) {
        CasOutcome outcome = store.compareAndSet(expected, next, this::verdict);
        if (outcome instanceof CasOutcome.Won || outcome instanceof CasOutcome.Lost) {
            decisions.forget(next.domain());
        }
        return outcome;
    }

    private Optional<CasOutcome> verdict(Optional<OwnershipRecord> current, OwnershipRecord next) {
        boolean passes = current.isEmpty() || current.get().generation() == next.generation();
        return passes ? Optional.empty() : decisions.ask(current, next, nanoClock.getAsLong());
    }

    @Override
    public void learn(OwnershipRecord record) {
        try {
            if (store.putIfNewer(record)) {
                decisions.forget(record.domain());
                LOG.debug("Learned {}", record);
            } else {
                warnIfContradicted(record);
            }
        } catch (IOException e) {
            LOG.error("Cannot keep what another host has set for domain {}: {}", record.domain(), e.getMessage());
        }
    }

    private void warnIfContradicted(OwnershipRecord record) throws ArbiterException {
        Optional<OwnershipRecord> mine = store.read(record.domain());
        if (mine.isPresent()
                && mine.get().generation() == record.generation()
                && !mine.get().owner().equals(record.owner())) {
            LOG.error(
                    "Domain {} has two owners of generation {}: {} here and {} there. An operator allowed both; stop one",
                    record.domain(),
                    record.generation(),
                    mine.get().owner(),
                    record.owner());
        }
    }

    @Override
    public List<PendingDecision> pending() {
        return decisions.pending(nanoClock.getAsLong());
    }

    @Override
    public void decide(String domain, boolean allow) {
        decisions.decide(domain, allow, nanoClock.getAsLong());
        LOG.info("An operator {} the change of ownership of domain {}", allow ? "allows" : "denies", domain);
    }

    @Deactivate
    void close() {
        store.close();
    }
}
