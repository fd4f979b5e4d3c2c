package org.kemari.shell.internal.view;

import java.util.Objects;

/**
 * Something that has happened.
 *
 * @param epochMillis when, by the wall clock
 * @param subject the domain or the host that it happened to: {@code domain web}, {@code host west}
 * @param change what changed
 * @param reason why, for people
 */
public record Event(long epochMillis, String subject, String change, String reason) {
    public Event {
        Objects.requireNonNull(subject);
        Objects.requireNonNull(change);
        Objects.requireNonNull(reason);
    }
}
