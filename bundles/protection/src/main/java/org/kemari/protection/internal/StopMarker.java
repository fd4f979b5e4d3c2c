package org.kemari.protection.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a domain was stopped because its operator or its guest wanted that: then a Kemari that starts leaves it alone.
 * The marker is in the run directory, which a reboot of the machine empties: after that autostart counts again.
 */
record StopMarker(String domain, Path file) {
    private static final Logger LOG = LoggerFactory.getLogger(StopMarker.class);

    boolean isSet() {
        return Files.exists(file);
    }

    void set(boolean stopped) {
        try {
            if (!stopped) {
                Files.deleteIfExists(file);
            } else if (Files.isDirectory(file.getParent())) {
                Files.writeString(file, "");
            }
        } catch (IOException e) {
            LOG.warn("domain {}: cannot note whether it was stopped: {}", domain, e.getMessage());
        }
    }
}
