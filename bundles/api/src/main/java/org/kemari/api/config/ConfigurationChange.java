package org.kemari.api.config;

import java.util.Objects;

/**
 * A change of a setting or of a definition that was accepted.
 *
 * @param epochMillis when, by the wall clock
 * @param file the definition file as a path, or the PID of the settings
 * @param key in the dotted form of the file's format; empty if it is about the file as a whole
 * @param before the value before; empty if there was none
 * @param now the value now; empty if there is none
 * @param effect when it is in force, in words
 */
public record ConfigurationChange(long epochMillis, String file, String key, String before, String now, String effect) {
    public ConfigurationChange {
        Objects.requireNonNull(file);
        Objects.requireNonNull(key);
        Objects.requireNonNull(before);
        Objects.requireNonNull(now);
        Objects.requireNonNull(effect);
    }

    /** File, key, values and effect, without the time. */
    @Override
    public String toString() {
        String what = key.isEmpty() ? file : file + ": " + key;
        return what + ": " + (before.isEmpty() ? "" : "'" + before + "' becomes ") + "'" + now + "'; " + effect;
    }
}
