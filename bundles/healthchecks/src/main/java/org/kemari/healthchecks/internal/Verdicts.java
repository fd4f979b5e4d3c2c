package org.kemari.healthchecks.internal;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.kemari.api.config.KemariConfiguration;
import org.kemari.api.health.Check;
import org.kemari.api.health.HealthMonitor;
import org.kemari.api.health.PeerHealth;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.ProtectionService;
import org.kemari.api.protection.Role;

/** What there is to check, and what is found. Safe for use by many threads. */
final class Verdicts {
    private static final String DIAGNOSE = "is not running; the log, or bundle:diag and scr:list, say why";

    /** The services that are asked. All but the configuration may come and go. */
    interface Sources {
        KemariConfiguration configuration();

        Optional<HealthMonitor> health();

        Optional<ProtectionService> protection();
    }

    private final Sources sources;

    Verdicts(Sources sources) {
        this.sources = sources;
    }

    /** Everything that there is at present. */
    Set<Subject> subjects() {
        Set<Subject> subjects = new LinkedHashSet<>();
        subjects.add(Subject.HOST);
        subjects.add(Subject.ARBITER);
        sources.configuration().host().peers().keySet().forEach(peer -> subjects.add(Subject.peer(peer)));
        sources.configuration().domains().keySet().forEach(domain -> subjects.add(Subject.domain(domain)));
        sources.protection().ifPresent(p -> p.domains().forEach(domain -> subjects.add(Subject.domain(domain.name()))));
        return subjects;
    }

    /** @return one entry at least */
    List<Verdict> of(Subject subject) {
        return switch (subject.kind()) {
            case HOST -> host();
            case ARBITER -> arbiter();
            case PEER -> List.of(peer(subject.name()));
            case DOMAIN -> domain(subject.name());
        };
    }

    private List<Verdict> checks(Predicate<String> subject) {
        return sources.health()
                .map(monitor -> monitor.checks().stream()
                        .filter(check -> subject.test(check.subject()))
                        .map(check -> new Verdict(check.level(), check.subject() + ": " + check.reason()))
                        .toList())
                .orElse(List.of(Verdict.critical("health monitor: it " + DIAGNOSE)));
    }

    private List<Verdict> host() {
        List<Verdict> all = new ArrayList<>(checks(subject -> true));
        sources.configuration().problems().forEach(problem -> all.add(Verdict.warning("configuration: " + problem)));
        return all.isEmpty() ? List.of(Verdict.ok("nothing has been looked at yet")) : all;
    }

    private List<Verdict> arbiter() {
        List<Verdict> found = checks("arbiter"::equals);
        return found.isEmpty() ? List.of(Verdict.ok("the arbiter has not been asked yet")) : found;
    }

    private Verdict peer(String name) {
        Optional<PeerHealth> known = sources.health().flatMap(monitor -> monitor.peer(name));
        if (known.isEmpty()) {
            return Verdict.warning("peer " + name + " is not watched");
        }
        PeerHealth peer = known.get();
        String text = "peer " + name + " is " + peer.state() + ": " + peer.reason();
        return switch (peer.state()) {
            case ALIVE -> Verdict.ok(text);
            case UNKNOWN -> Verdict.warning(text);
            case LOST -> Verdict.critical(text);
        };
    }

    private List<Verdict> domain(String name) {
        if (sources.protection().isEmpty()) {
            return List.of(Verdict.critical("Kemari's protection service " + DIAGNOSE));
        }
        List<Verdict> all = new ArrayList<>();
        all.add(sources.protection()
                .flatMap(p -> p.status(name))
                .map(this::state)
                .orElse(Verdict.ok("domain " + name + " is not here")));
        checks(subject -> subject.startsWith("domain " + name + ":")).stream()
                .filter(verdict -> verdict.level() != Check.Level.OK)
                .forEach(all::add);
        return all;
    }

    private Verdict state(DomainStatus domain) {
        String text = "domain " + domain.name() + ": " + domain.role() + " " + domain.state() + ": " + domain.reason();
        return switch (domain.state()) {
            case STOPPED, PROTECTED, SWITCHING, READY -> Verdict.ok(text);
            case SOLO -> isToBeProtected(domain.name()) ? Verdict.warning(text) : Verdict.ok(text);
            case STARTING, SYNCING, JOINING, RECEIVING -> domain.role() == Role.PRIMARY
                            && !isToBeProtected(domain.name())
                    ? Verdict.ok(text)
                    : Verdict.warning(text);
            case HOLDING, CLAIMING, FENCING, TAKING_OVER, FAILED -> Verdict.critical(text);
        };
    }

    private boolean isToBeProtected(String domain) {
        String self = sources.configuration().host().name();
        return sources.configuration()
                .domain(domain)
                .map(definition -> definition.protection().standbys().stream().anyMatch(host -> !host.equals(self)))
                .orElse(false);
    }
}
