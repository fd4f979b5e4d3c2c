package org.kemari.api.config;

import java.util.List;

/**
 * A component that has settings of its own tells here which of them are not in force, and why. A service of each such
 * component; whoever shows problems asks all of them, besides {@link KemariConfiguration#problems()}.
 *
 * <p>Settings with a mistake are refused as a whole, and those from before stay in force, until they have been corrected.
 */
public interface SettingsReport {
    /** What is wrong at present; empty when all of the settings are in force. */
    List<ConfigurationProblem> problems();
}
