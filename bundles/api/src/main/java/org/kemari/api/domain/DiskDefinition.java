package org.kemari.api.domain;

import java.nio.file.Path;
import java.util.Objects;

/**
 * A disk of a domain.
 *
 * @param id unique within the domain, letters, digits, {@code -} and {@code _}; equal on both hosts
 * @param path raw file or block device on this host
 * @param mode how the standby gets at the content
 * @param readOnly whether the guest may not write
 * @param queues number of request queues, 1 to 16
 */
public record DiskDefinition(String id, Path path, DiskMode mode, boolean readOnly, int queues) {
    public DiskDefinition {
        Objects.requireNonNull(id);
        Objects.requireNonNull(path);
        Objects.requireNonNull(mode);
    }
}
