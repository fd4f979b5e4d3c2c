package org.kemari.protection.internal;

import org.kemari.api.arbiter.OwnershipRecord;

/** A wish to change a domain's ownership record. */
sealed interface Claim {
    /** The domain is to be started here: make its first record, or go one generation on with our own. */
    record Start() implements Claim {}

    /** From exactly this record of ours to one that names a standby. */
    record Join(OwnershipRecord from, String standby, long session) implements Claim {}

    /** Whatever our record of this generation says of a standby: go one generation on without it. */
    record Drop(long generation) implements Claim {}

    /** The record of this generation names us as standby of this session: own the domain in the next one. */
    record TakeOver(long generation, long session) implements Claim {}
}
