package org.kemari.protection.internal;

import org.kemari.api.arbiter.OwnershipRecord;

/** What became of a {@link Claim}. */
sealed interface ClaimResult {
    /** The record is ours; proven by a compare-and-set of our own. */
    record Won(OwnershipRecord record) implements ClaimResult {}

    /** The record does not allow it, and will not. */
    record Refused(String reason) implements ClaimResult {}

    /** Not known, or not decided yet: ask again later. */
    record Open(String reason) implements ClaimResult {}
}
