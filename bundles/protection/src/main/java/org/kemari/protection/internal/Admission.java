package org.kemari.protection.internal;

import java.util.Optional;
import org.kemari.api.arbiter.OwnershipRecord;

/**
 * What the arbiter's record says of an offer to become a standby. It decides nothing, for it is only read; it keeps an
 * image that may still be needed from being thrown away, and saves a sync that could not come to a good end.
 */
final class Admission {
    private Admission() {}

    /**
     * @param record empty if the engine has none (the manual engine keeps a record of its own on each host)
     * @param primary the host that makes the offer
     * @param generation the domain's, as that host knows it
     * @return why the offer does not fit, for people; empty if it does
     */
    static Optional<String> refusal(Optional<OwnershipRecord> record, String primary, long generation) {
        if (record.isEmpty()) {
            return Optional.empty();
        }
        OwnershipRecord r = record.get();
        boolean newer = r.generation() > generation;
        boolean taken = r.generation() == generation
                && (r.standby().isPresent() || !r.owner().equals(primary));
        if (!newer && !taken) {
            return Optional.empty();
        }
        return Optional.of("the arbiter's record (generation " + r.generation() + ", owner " + r.owner() + ", standby "
                + r.standby().orElse("none") + ") does not fit an offer of " + primary + " at generation "
                + generation);
    }
}
