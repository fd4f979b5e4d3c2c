package org.kemari.management.internal;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.kemari.api.management.TakeoverView;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.TakeoverReport;

/** What has happened to the domains, since the management was started. Safe for use by many threads. */
final class Histories {
    private final Clock clock;
    private final Map<String, DomainHistory> domains = new ConcurrentHashMap<>();

    Histories(Clock clock) {
        this.clock = clock;
    }

    /** @param first what it is, or was, if it has no history yet */
    DomainHistory of(DomainStatus first) {
        return domains.computeIfAbsent(first.name(), name -> new DomainHistory(first, clock));
    }

    Optional<DomainHistory> find(String domain) {
        return Optional.ofNullable(domains.get(domain));
    }

    /** Domains that are neither here nor defined any more are forgotten. */
    void retain(Collection<String> names) {
        domains.keySet().retainAll(names);
    }

    /** Takeovers of all domains, the latest first. */
    List<TakeoverView> takeovers() {
        return domains.values().stream()
                .flatMap(history -> history.takeovers().stream())
                .sorted(Comparator.comparingLong(TakeoverReport::detectedEpochMillis)
                        .reversed())
                .map(TakeoverView::new)
                .toList();
    }
}
