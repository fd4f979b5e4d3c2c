package org.kemari.arbiterzookeeper.internal;

import java.util.List;
import org.kemari.api.config.ConfigurationProblem;
import org.slf4j.Logger;

/** What to do with settings that are not valid while others are in force. */
final class Refusal {
    private Refusal() {}

    /** Logs it, once, and makes the problem of it; the message is {@code key: reason}. */
    static List<ConfigurationProblem> of(String pid, IllegalArgumentException mistake, Logger log) {
        String[] parts = mistake.getMessage().split(": ", 2);
        String key = parts.length == 2 ? parts[0] : "";
        String reason = parts[parts.length - 1] + "; the settings from before stay in force";
        ConfigurationProblem problem = new ConfigurationProblem(pid, key, reason);
        log.error("Refused: {}", problem);
        return List.of(problem);
    }
}
