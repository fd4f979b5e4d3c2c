package org.kemari.api.arbiter;

import java.util.List;
import java.util.Optional;

/**
 * An engine of the arbiter. Register as a service with the property {@link #ENGINE}. Calls may block for the engine's
 * own time-out (a few seconds) and are safe from many threads.
 */
public interface Arbiter {
    /** Service property: name of the engine, as the host settings name it. */
    String ENGINE = "kemari.arbiter.engine";

    /**
     * The record of a domain. For people and for the start: a decision needs a won compare-and-set.
     *
     * @throws ArbiterException if the record cannot be read
     */
    Optional<OwnershipRecord> read(String domain) throws ArbiterException;

    /**
     * Replaces the record if, and only if, it is equal to {@code expected}.
     *
     * @param expected the record that must be there; empty: there must be none
     * @param next the new record, of the same domain
     */
    CasOutcome compareAndSet(Optional<OwnershipRecord> expected, OwnershipRecord next);

    /**
     * Tells the engine of a record that another host has set. Engines with a memory of their own (ZooKeeper, files on a
     * shared disk) ignore it; with {@code manual} each host keeps its own.
     */
    default void learn(OwnershipRecord record) {}

    /** Whether the engine can be reached at present; answers at once, from what is known. */
    default ArbiterState state() {
        return ArbiterState.NEEDS_NO_SERVER;
    }

    /** Domains whose compare-and-set waits for an operator. */
    default List<PendingDecision> pending() {
        return List.of();
    }

    /**
     * The operator's decision for a waiting compare-and-set: it is carried out when it is asked for again.
     *
     * @param domain a domain with a pending decision
     * @param allow whether the change may be made
     * @throws IllegalArgumentException if nothing waits for that domain
     */
    default void decide(String domain, boolean allow) {
        throw new IllegalArgumentException("nothing waits for a decision on domain " + domain);
    }
}
