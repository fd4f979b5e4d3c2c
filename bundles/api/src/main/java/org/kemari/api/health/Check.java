package org.kemari.api.health;

import java.util.Objects;

/**
 * The result of one of the checks that a host makes of itself.
 *
 * @param subject what was looked at, for instance {@code arbiter} or {@code domain web: tap}
 * @param level how bad it is
 * @param reason what was found, and what to do about it, for people
 * @param sinceEpochMillis wall-clock time since which the level is this one
 */
public record Check(String subject, Level level, String reason, long sinceEpochMillis) {
    public Check {
        Objects.requireNonNull(subject);
        Objects.requireNonNull(level);
        Objects.requireNonNull(reason);
    }

    /** How bad it is. */
    public enum Level {
        OK,
        /** It works, but not as it should; somebody ought to look. */
        WARNING,
        /** It does not work. */
        CRITICAL
    }
}
