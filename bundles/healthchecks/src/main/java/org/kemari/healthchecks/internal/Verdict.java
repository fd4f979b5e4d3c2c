package org.kemari.healthchecks.internal;

import java.util.Objects;
import org.kemari.api.health.Check.Level;

/**
 * A part of the result of a health check.
 *
 * @param level how bad it is
 * @param text what was found, for people
 */
record Verdict(Level level, String text) {
    Verdict {
        Objects.requireNonNull(level);
        Objects.requireNonNull(text);
    }

    static Verdict ok(String text) {
        return new Verdict(Level.OK, text);
    }

    static Verdict warning(String text) {
        return new Verdict(Level.WARNING, text);
    }

    static Verdict critical(String text) {
        return new Verdict(Level.CRITICAL, text);
    }
}
