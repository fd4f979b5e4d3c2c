package org.kemari.health.internal.checks;

import java.util.Objects;
import org.kemari.api.health.Check.Level;

/**
 * What one check has found.
 *
 * @param subject what was looked at
 * @param level how bad it is
 * @param reason what was found and what to do about it
 */
record Finding(String subject, Level level, String reason) {
    Finding {
        Objects.requireNonNull(subject);
        Objects.requireNonNull(level);
        Objects.requireNonNull(reason);
    }

    static Finding ok(String subject, String reason) {
        return new Finding(subject, Level.OK, reason);
    }

    static Finding warning(String subject, String reason) {
        return new Finding(subject, Level.WARNING, reason);
    }

    static Finding critical(String subject, String reason) {
        return new Finding(subject, Level.CRITICAL, reason);
    }
}
