package org.kemari.protection.internal;

import java.util.Optional;
import org.kemari.api.arbiter.Arbiter;
import org.kemari.api.arbiter.ArbiterException;
import org.kemari.api.arbiter.CasOutcome;
import org.kemari.api.arbiter.OwnershipRecord;

/**
 * Turns claims into compare-and-sets. A read only tells what to expect: nothing is won without a compare-and-set of our
 * own, and only a record of the next generation that names this host as owner proves an earlier one of unknown outcome.
 *
 * <p>Blocks as long as the arbiter does; keeps no state.
 */
final class Claims {
    private final String domain;
    private final String self;

    Claims(String domain, String self) {
        this.domain = domain;
        this.self = self;
    }

    ClaimResult ask(Arbiter arbiter, Claim claim) {
        try {
            if (claim instanceof Claim.Start) {
                return start(arbiter);
            } else if (claim instanceof Claim.Join join) {
                return join(arbiter, join);
            } else if (claim instanceof Claim.Drop drop) {
                return drop(arbiter, drop);
            } else {
                return takeOver(arbiter, (Claim.TakeOver) claim);
            }
        } catch (ArbiterException e) {
            return new ClaimResult.Open("the arbiter cannot be asked: " + e.getMessage());
        }
    }

    private ClaimResult start(Arbiter arbiter) throws ArbiterException {
        Optional<OwnershipRecord> current = arbiter.read(domain);
        if (current.isEmpty()) {
            return set(arbiter, current, OwnershipRecord.first(domain, self));
        }
        OwnershipRecord record = current.get();
        if (!record.owner().equals(self)) {
            return new ClaimResult.Refused(
                    "host " + record.owner() + " owns it (generation " + record.generation() + "): start it there");
        }
        return set(arbiter, current, record.solo(self));
    }

    private ClaimResult join(Arbiter arbiter, Claim.Join join) {
        return set(arbiter, Optional.of(join.from()), join.from().joined(join.standby(), join.session()));
    }

    private ClaimResult drop(Arbiter arbiter, Claim.Drop drop) throws ArbiterException {
        Optional<OwnershipRecord> current = arbiter.read(domain);
        if (current.isEmpty()) {
            return new ClaimResult.Open("the arbiter has no record of it any more");
        }
        OwnershipRecord record = current.get();
        boolean ours = record.owner().equals(self);
        if (ours && record.generation() == drop.generation()) {
            return set(arbiter, current, record.solo(self));
        }
        // Nobody else writes a record that names this host as owner: this is an earlier attempt of ours that did land.
        if (ours
                && record.generation() == drop.generation() + 1
                && record.standby().isEmpty()) {
            return new ClaimResult.Won(record);
        }
        return new ClaimResult.Refused("host " + record.owner() + " owns it since generation " + record.generation());
    }

    private ClaimResult takeOver(Arbiter arbiter, Claim.TakeOver claim) throws ArbiterException {
        Optional<OwnershipRecord> current = arbiter.read(domain);
        if (current.isEmpty()) {
            return new ClaimResult.Open("the arbiter has no record of it");
        }
        OwnershipRecord record = current.get();
        if (record.generation() == claim.generation()
                && record.standby().equals(Optional.of(self))
                && record.session() == claim.session()) {
            return set(arbiter, current, record.solo(self));
        }
        // An earlier attempt of ours that did land. An older record of ours, such as the manual engine keeps, proves
        // nothing.
        if (record.owner().equals(self)
                && record.generation() == claim.generation() + 1
                && record.standby().isEmpty()) {
            return new ClaimResult.Won(record);
        }
        return new ClaimResult.Refused("the record (generation " + record.generation() + ", owner " + record.owner()
                + ", standby " + record.standby().orElse("none") + ") does not name this host's image");
    }

    private ClaimResult set(Arbiter arbiter, Optional<OwnershipRecord> expected, OwnershipRecord next) {
        CasOutcome outcome = arbiter.compareAndSet(expected, next);
        if (outcome instanceof CasOutcome.Won won) {
            return new ClaimResult.Won(won.record());
        } else if (outcome instanceof CasOutcome.Unknown unknown) {
            return new ClaimResult.Open(unknown.reason());
        } else if (outcome instanceof CasOutcome.Undecided undecided) {
            return new ClaimResult.Open("waiting for the operator: " + undecided.reason());
        }
        // Somebody was faster; the next look tells who.
        return new ClaimResult.Open("the record has just been changed by somebody else");
    }
}
