package org.kemari.protection.internal;

import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.kemari.api.protection.DomainState;
import org.kemari.api.protection.DomainStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one controller has to say for itself. Written by its conductor after every event, read by anybody. Listeners hear
 * of changes of state and generation only; figures change all the time.
 */
final class StatusBoard {
    private static final Logger LOG = LoggerFactory.getLogger(StatusBoard.class);

    /** The part of a status that the state machine knows. */
    record Facts(DomainState state, String reason, String peer, long generation, long session, long epoch) {}

    private final String domain;
    private final BiConsumer<DomainStatus, DomainStatus> changed;
    private Runnable over = () -> {};
    private volatile Facts facts = new Facts(DomainState.STOPPED, "not started", "", 0, 0, 0);
    private volatile long sinceEpochMillis = System.currentTimeMillis();
    private Supplier<DomainStatus> reader;
    private DomainStatus told;

    /**
     * @param before the domain's status before this controller
     * @param changed told of the status before and after each change
     */
    StatusBoard(String domain, DomainStatus before, BiConsumer<DomainStatus, DomainStatus> changed) {
        this.domain = domain;
        this.told = before;
        this.changed = changed;
    }

    /**
     * To be called before the first update.
     *
     * @param full reads the whole status
     * @param whenOver run once, when the controller has come to its end
     */
    void belongTo(Supplier<DomainStatus> full, Runnable whenOver) {
        reader = full;
        over = whenOver;
    }

    Facts facts() {
        return facts;
    }

    long sinceEpochMillis() {
        return sinceEpochMillis;
    }

    void update(Facts now, boolean isOver) {
        Facts before = facts;
        facts = now;
        if (before.state() != now.state() || before.generation() != now.generation()) {
            sinceEpochMillis = System.currentTimeMillis();
        }
        if (!before.reason().equals(now.reason()) || before.state() != now.state()) {
            LOG.info("domain {}: {} (generation {}): {}", domain, now.state(), now.generation(), now.reason());
        }
        DomainStatus last = told;
        if (last.state() != now.state() || last.generation() != now.generation()) {
            told = reader.get();
            changed.accept(last, told);
        }
        if (isOver) {
            over.run();
        }
    }
}
