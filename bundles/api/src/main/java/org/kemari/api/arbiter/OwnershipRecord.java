package org.kemari.api.arbiter;

import java.util.Objects;
import java.util.Optional;

/**
 * Who runs a domain, and who may take it over.
 *
 * @param domain name of the domain
 * @param generation fencing token, 1 or more; grows by one each time the ownership changes and when a standby is dropped
 * @param owner host that may execute the domain's outputs
 * @param standby host that may take over
 * @param session the attempt at protection that the standby's image must come from; 0 without a standby
 */
public record OwnershipRecord(String domain, long generation, String owner, Optional<String> standby, long session) {
    public OwnershipRecord {
        Objects.requireNonNull(domain);
        Objects.requireNonNull(owner);
        Objects.requireNonNull(standby);
        if (generation < 1) {
            throw new IllegalArgumentException("generation " + generation + " is less than 1");
        }
        if (standby.isEmpty() != (session == 0)) {
            throw new IllegalArgumentException("a record has a session exactly when it has a standby");
        }
    }

    /** The first record of a domain: owned, not protected. */
    public static OwnershipRecord first(String domain, String owner) {
        return new OwnershipRecord(domain, 1, owner, Optional.empty(), 0);
    }

    /** The same owner and generation with a standby: protection begins. */
    public OwnershipRecord joined(String newStandby, long newSession) {
        return new OwnershipRecord(domain, generation, owner, Optional.of(newStandby), newSession);
    }

    /** The next generation, owned by one host, without a standby: a standby dropped, or a takeover. */
    public OwnershipRecord solo(String newOwner) {
        return new OwnershipRecord(domain, generation + 1, newOwner, Optional.empty(), 0);
    }

    /**
     * Checks that this record may take the place of another one; engines refuse a change that no host should ask for.
     *
     * @param expected the record that it is to replace; empty: none
     * @throws IllegalArgumentException if it is of another domain, if the ownership changes without a new generation, or
     *     if the generation is not the same or the next one
     */
    public void requireSuccessorOf(Optional<OwnershipRecord> expected) {
        if (expected.isEmpty()) {
            return;
        }
        OwnershipRecord old = expected.get();
        if (!old.domain.equals(domain)) {
            throw new IllegalArgumentException("a record of domain " + old.domain + " cannot become one of " + domain);
        }
        boolean sameOwnership = old.owner.equals(owner) && (old.standby.isEmpty() || old.standby.equals(standby));
        long least = sameOwnership ? old.generation : old.generation + 1;
        if (generation < least || generation > old.generation + 1) {
            throw new IllegalArgumentException(
                    "the generation after " + old + " cannot be " + generation + " for " + this);
        }
    }
}
