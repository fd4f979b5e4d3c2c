package org.kemari.api.config;

import java.util.Objects;

/**
 * Why a definition or a setting was refused, or is not in force yet.
 *
 * @param file the definition file as a path, or the PID of the settings
 * @param key the offending key, in the dotted form of the file's format; empty if the file as a whole is at fault
 * @param reason what is wrong and what is expected
 */
public record ConfigurationProblem(String file, String key, String reason) {
    public ConfigurationProblem {
        Objects.requireNonNull(file);
        Objects.requireNonNull(key);
        Objects.requireNonNull(reason);
    }

    @Override
    public String toString() {
        return key.isEmpty() ? file + ": " + reason : file + ": " + key + ": " + reason;
    }
}
