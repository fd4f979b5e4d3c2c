package org.kemari.api.tap;

import java.util.Objects;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.domain.DomainPaths;

/**
 * What a tap is opened for.
 *
 * @param definition the domain
 * @param paths where its files live on this host
 * @param standby {@code true}: the domain's TAP devices stay down until {@link DomainTap#activate}
 */
public record TapRequest(DomainDefinition definition, DomainPaths paths, boolean standby) {
    public TapRequest {
        Objects.requireNonNull(definition);
        Objects.requireNonNull(paths);
    }
}
