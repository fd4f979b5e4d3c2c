package org.kemari.api.restoration;

import java.io.IOException;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.domain.DomainPaths;

/** Finds and carries out what a committed checkpoint still has to do. A service; safe for use by many threads. */
public interface RingRestoration {
    /**
     * Opens a standby's image.
     *
     * @throws IOException if the RAM file or a mirrored disk cannot be opened; the message names it
     */
    ImageRings open(DomainDefinition definition, DomainPaths paths) throws IOException;
}
