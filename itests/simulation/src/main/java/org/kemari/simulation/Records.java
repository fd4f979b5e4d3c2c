package org.kemari.simulation;

import java.util.Optional;
import org.kemari.api.arbiter.CasOutcome;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.simulation.Coverage.Event;

/**
 * The arbiter's record of the domain: one for all hosts; or, with engine {@code manual}, one for each host and an operator
 * who lets a generation grow only from the record that he knows to be the last.
 */
public final class Records {
    private static final long OPERATOR_THINKS_NANOS = 300_000_000L;

    private final World world;
    private final OwnershipRecord[] own;
    private Optional<OwnershipRecord> truth = Optional.empty();
    private long lastSession;
    private Optional<OwnershipRecord> question = Optional.empty();
    private long askedNanos;
    private long lastAskedNanos;

    Records(World world, int hosts) {
        this.world = world;
        this.own = new OwnershipRecord[hosts];
    }

    /** The record that counts. */
    public Optional<OwnershipRecord> truth() {
        return truth;
    }

    /** Of the last record that named a standby; 0 for none. */
    long lastSession() {
        return lastSession;
    }

    public Optional<OwnershipRecord> read(Host host) {
        return world.plan.ownStores() ? Optional.ofNullable(own[host.index]) : truth;
    }

    public CasOutcome compareAndSet(Host host, Optional<OwnershipRecord> expected, OwnershipRecord next) {
        Optional<OwnershipRecord> current = read(host);
        if (!current.equals(expected)) {
            return new CasOutcome.Lost(current);
        }
        if (world.plan.ownStores()) {
            boolean grows = current.isPresent() && current.get().generation() != next.generation();
            if (grows && !operatorAllows(current, next)) {
                return new CasOutcome.Undecided("an operator has to decide");
            }
            own[host.index] = next;
        }
        set(next);
        return new CasOutcome.Won(next);
    }

    private boolean operatorAllows(Optional<OwnershipRecord> current, OwnershipRecord next) {
        if (!current.equals(truth)) {
            return false;
        }
        long now = world.agenda.nowNanos();
        if (!question.equals(Optional.of(next))) {
            if (now - lastAskedNanos < OPERATOR_THINKS_NANOS) {
                return false; // one thing after the other
            }
            question = Optional.of(next);
            askedNanos = now;
        }
        lastAskedNanos = now;
        if (now - askedNanos < OPERATOR_THINKS_NANOS) {
            return false;
        }
        world.coverage.count(Event.OPERATOR_DECISIONS);
        return true;
    }

    private void set(OwnershipRecord next) {
        if (world.trace.on()) {
            world.trace.say("record: generation " + next.generation() + ", owner " + next.owner() + ", standby "
                    + next.standby().orElse("none") + ", session " + next.session());
        }
        truth = Optional.of(next);
        if (next.standby().isPresent()) {
            lastSession = next.session();
        }
    }

    /** A host has been told by another one what the record is. */
    public void learn(Host host, OwnershipRecord record) {
        OwnershipRecord mine = own[host.index];
        boolean newer = mine == null
                || record.generation() > mine.generation()
                || record.generation() == mine.generation()
                        && record.owner().equals(mine.owner())
                        && record.session() > mine.session();
        if (world.plan.ownStores() && newer) {
            own[host.index] = record;
        }
    }
}
