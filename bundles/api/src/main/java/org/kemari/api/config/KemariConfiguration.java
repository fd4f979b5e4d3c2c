package org.kemari.api.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.domain.DomainPaths;

/**
 * The configuration of this host. A service; safe for use by many threads; every answer is an immutable snapshot.
 *
 * <p>An invalid definition file is reported in {@link #problems()} and the previous valid definition of that domain
 * stays in force.
 */
public interface KemariConfiguration {
    HostSettings host();

    /** The valid definitions by domain name. */
    Map<String, DomainDefinition> domains();

    default Optional<DomainDefinition> domain(String name) {
        return Optional.ofNullable(domains().get(name));
    }

    /** What is wrong at present; empty when all files are valid. */
    List<ConfigurationProblem> problems();

    /** The latest changes of this host's settings and of definitions that were accepted, the latest first. */
    default List<ConfigurationChange> changes() {
        return List.of();
    }

    /** Reads the definition files again now, rather than when the periodic look at them finds a change. */
    void reload();

    /** Where the files of a domain live on this host. */
    default DomainPaths paths(String domain) {
        return DomainPaths.of(host().runRoot(), host().stateRoot(), host().ramRoot(), domain);
    }
}
