package org.kemari.api.arbiter;

import java.util.Objects;

/**
 * A change of ownership that waits for an operator.
 *
 * @param domain name of the domain
 * @param question what allowing it means, for people
 * @param next the record that would be set
 */
public record PendingDecision(String domain, String question, OwnershipRecord next) {
    public PendingDecision {
        Objects.requireNonNull(domain);
        Objects.requireNonNull(question);
        Objects.requireNonNull(next);
    }
}
