package org.kemari.management.internal;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.kemari.api.config.ConfigurationProblem;
import org.kemari.api.config.HostAddress;
import org.kemari.api.health.Check;
import org.kemari.api.health.HealthMonitor;
import org.kemari.api.health.PeerHealth;
import org.kemari.api.management.CheckView;
import org.kemari.api.management.HostMXBean;
import org.kemari.api.management.TakeoverView;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.ProtectionService;
import org.kemari.api.protection.Role;

/** This host. */
final class HostBean implements HostMXBean {
    private final Sources sources;
    private final Histories histories;
    private final String version;

    HostBean(Sources sources, Histories histories, String version) {
        this.sources = sources;
        this.histories = histories;
        this.version = version;
    }

    @Override
    public String getName() {
        return sources.configuration().host().name();
    }

    @Override
    public String getVersion() {
        return version;
    }

    @Override
    public String getListenAddress() {
        return sources.configuration().host().listen().stream()
                .map(HostAddress::toString)
                .collect(Collectors.joining(", "));
    }

    @Override
    public Map<String, String> getPeers() {
        Map<String, String> peers = new TreeMap<>();
        sources.configuration()
                .host()
                .peers()
                .forEach((name, addresses) -> peers.put(name, text(addresses) + ", not watched"));
        for (PeerHealth p : sources.health().map(h -> h.peers()).orElse(List.of())) {
            peers.computeIfPresent(
                    p.peer(),
                    (name, text) -> text(sources.configuration().host().peers().getOrDefault(name, List.of())) + ", "
                            + p.state() + ": " + p.reason());
        }
        return peers;
    }

    private static String text(List<HostAddress> addresses) {
        return addresses.stream().map(HostAddress::toString).collect(Collectors.joining(" | "));
    }

    @Override
    public Map<String, String> getDomains() {
        Map<String, String> domains = new TreeMap<>();
        sources.configuration().domains().keySet().forEach(name -> domains.put(name, "defined"));
        for (DomainStatus s : sources.protection().map(p -> p.domains()).orElse(List.of())) {
            domains.put(s.name(), s.role() + " " + s.state() + ": " + s.reason());
        }
        return domains;
    }

    @Override
    public List<String> getConfigurationProblems() {
        return Stream.concat(sources.configuration().problems().stream(), sources.settingsProblems().stream())
                .map(ConfigurationProblem::toString)
                .toList();
    }

    @Override
    public List<String> getConfigurationChanges() {
        return sources.configuration().changes().stream()
                .map(change -> Instant.ofEpochMilli(change.epochMillis()) + " " + change)
                .toList();
    }

    @Override
    public String getArbiterEngine() {
        return sources.configuration().host().arbiterEngine();
    }

    private List<Check> checks() {
        return sources.health()
                .map(HealthMonitor::checks)
                .orElse(List.of(new Check(
                        "health monitor",
                        Check.Level.CRITICAL,
                        "it is not running; the log, or bundle:diag and scr:list, say why",
                        0)));
    }

    @Override
    public List<String> getChecks() {
        return checks().stream()
                .map(c -> c.subject() + ": " + c.level() + ": " + c.reason())
                .toList();
    }

    @Override
    public List<CheckView> getCheckTable() {
        return checks().stream().map(CheckView::of).toList();
    }

    @Override
    public String getCheckLevel() {
        return checks().stream()
                .map(Check::level)
                .max(Comparator.naturalOrder())
                .orElse(Check.Level.OK)
                .name();
    }

    private int count(Predicate<DomainStatus> which) {
        return (int) sources.protection().map(p -> p.domains()).orElse(List.of()).stream()
                .filter(which)
                .count();
    }

    @Override
    public int getPrimaryDomains() {
        return count(DomainNews::isRunningHere);
    }

    @Override
    public int getStandbyDomains() {
        return count(status -> status.role() == Role.STANDBY);
    }

    @Override
    public int getProtectedDomains() {
        return count(DomainNews::isProtected);
    }

    @Override
    public Map<String, Long> getNativeMemory() {
        Map<String, Long> bytes = NativeMemoryTable.of(sources.nativeMemory());
        bytes.put("Java's own buffers", NativeMemoryTable.directBuffers());
        return bytes;
    }

    @Override
    public List<TakeoverView> getTakeovers() {
        return histories.takeovers();
    }

    @Override
    public boolean isEvacuating() {
        return sources.protection().map(ProtectionService::isEvacuating).orElse(false);
    }

    @Override
    public void evacuate() {
        sources.ask(ProtectionService::evacuate);
    }

    @Override
    public void endEvacuation() {
        sources.ask(ProtectionService::endEvacuation);
    }

    @Override
    public void reloadConfiguration() {
        sources.configuration().reload();
        // so that a console finds a domain that it has just defined
        sources.refresh();
    }
}
