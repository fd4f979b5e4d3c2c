package org.kemari.hypervisor.qemu.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.kemari.api.domain.DomainPaths;
import org.kemari.linux.Preload;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Page tracking by the library that the linux bundle carries. */
final class PreloadedTracking implements PageTracking {
    private static final Logger LOG = LoggerFactory.getLogger(PreloadedTracking.class);

    @Override
    public Map<String, String> environment(DomainPaths paths, boolean fromStart) throws IOException {
        Files.deleteIfExists(statusFile(paths));
        // Not into the run directory: /run is often mounted without the right to execute.
        Path library = Preload.extract(paths.stateDirectory());
        Map<String, String> environment = Preload.environment(library, paths.ramFile(), statusFile(paths));
        return fromStart ? Preload.fromStart(environment) : environment;
    }

    @Override
    public boolean isAtWork(DomainPaths paths) {
        try {
            Preload.Status status =
                    Preload.status(statusFile(paths)).orElse(new Preload.Status(false, "the library was not loaded"));
            if (!status.tracking()) {
                LOG.warn("writes of the guest in {} cannot be tracked: {}", paths.ramFile(), status.reason());
            }
            return status.tracking();
        } catch (IOException e) {
            LOG.warn("it is unknown whether writes of the guest in {} are tracked: {}", paths.ramFile(), e.toString());
            return false;
        }
    }

    private static Path statusFile(DomainPaths paths) {
        return paths.runDirectory().resolve("tracking.status");
    }
}
