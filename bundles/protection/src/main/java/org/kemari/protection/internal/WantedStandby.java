package org.kemari.protection.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.kemari.api.domain.DomainPaths;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Remembers, while Kemari is exchanged, which host the domain was protected by: an operator may have named it. */
final class WantedStandby {
    private static final Logger LOG = LoggerFactory.getLogger(WantedStandby.class);

    private final Path file;

    private WantedStandby(Path file) {
        this.file = file;
    }

    static WantedStandby of(DomainPaths paths) {
        return new WantedStandby(paths.runDirectory().resolve("wanted-standby"));
    }

    void set(String host) {
        try {
            Files.writeString(file, host + "\n");
        } catch (IOException e) {
            LOG.warn("{} cannot be written: protection may not come back by itself", file, e);
        }
    }

    /** The host, once. */
    Optional<String> take() {
        try {
            String host = Files.readString(file).strip();
            Files.delete(file);
            return host.isEmpty() ? Optional.empty() : Optional.of(host);
        } catch (IOException e) {
            return Optional.empty(); // as a rule it is not there
        }
    }
}
