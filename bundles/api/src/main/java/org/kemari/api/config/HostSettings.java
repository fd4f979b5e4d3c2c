package org.kemari.api.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Settings of this host.
 *
 * @param name this host's name: letters, digits, {@code -} and {@code _}; unique among its peers
 * @param listen where this host's Kemari listens for its peers; one address or more
 * @param peers the other hosts by name, each with one address or more, the preferred one first. Each address is a path of
 *     its own: heartbeats go over all of them
 * @param runRoot sockets and logs (a directory per domain below it)
 * @param stateRoot what must survive a reboot
 * @param ramRoot where guest memory files are made; a tmpfs or hugetlbfs
 * @param domainDirectory where the definition files are
 * @param qemuBinary the system emulator: a path, or a name that is looked up in PATH
 * @param arbiterEngine name of the arbiter engine: {@code file}, {@code manual}, …
 * @param arbiterDirectory where the {@code file} engine keeps its records; for more than one machine on a shared file
 *     system with working locks. The {@code manual} engine keeps this host's records there
 * @param heartbeatPeriod time between two heartbeats to a peer
 * @param silenceTimeout a peer that is silent on all its paths for this long counts as lost; one whose heartbeats have
 *     been coming steadily sooner, but never before three heartbeat periods
 * @param fence how a host is fenced before a domain is taken over from it
 * @param preloadLibrary whether QEMU is started with the page-tracking library (off: capture compares memory)
 */
public record HostSettings(
        String name,
        List<HostAddress> listen,
        Map<String, List<HostAddress>> peers,
        Path runRoot,
        Path stateRoot,
        Path ramRoot,
        Path domainDirectory,
        String qemuBinary,
        String arbiterEngine,
        Path arbiterDirectory,
        Duration heartbeatPeriod,
        Duration silenceTimeout,
        FenceSettings fence,
        boolean preloadLibrary) {
    public HostSettings {
        Objects.requireNonNull(name);
        Objects.requireNonNull(runRoot);
        Objects.requireNonNull(stateRoot);
        Objects.requireNonNull(ramRoot);
        Objects.requireNonNull(domainDirectory);
        Objects.requireNonNull(qemuBinary);
        Objects.requireNonNull(arbiterEngine);
        Objects.requireNonNull(arbiterDirectory);
        Objects.requireNonNull(heartbeatPeriod);
        Objects.requireNonNull(silenceTimeout);
        Objects.requireNonNull(fence);
        listen = List.copyOf(listen);
        peers = peers.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, e -> List.copyOf(e.getValue())));
    }
}
