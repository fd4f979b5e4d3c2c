package org.kemari.management.internal;

import org.kemari.api.management.LatencyView;
import org.kemari.api.management.RingRestorationMXBean;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.restoration.RestorationStatus;

/** Ring restoration of a domain; when the domain is gone, its last figures until the MBean is gone too. */
final class RingRestorationBean implements RingRestorationMXBean {
    private final String domain;
    private final Sources sources;
    private volatile RestorationStatus last;

    RingRestorationBean(String domain, RestorationStatus first, Sources sources) {
        this.domain = domain;
        this.last = first;
        this.sources = sources;
    }

    private RestorationStatus status() {
        RestorationStatus now = last;
        last = sources.protection()
                .flatMap(p -> p.status(domain))
                .map(DomainStatus::restoration)
                .orElse(now);
        return last;
    }

    @Override
    public String getDomain() {
        return domain;
    }

    @Override
    public long getSnapshots() {
        return status().snapshots();
    }

    @Override
    public int getPendingRequests() {
        return status().pendingLast();
    }

    @Override
    public long getMirroredWrites() {
        return status().writes();
    }

    @Override
    public long getMirroredFlushes() {
        return status().flushes();
    }

    @Override
    public long getMirroredBytes() {
        return status().bytes();
    }

    @Override
    public long getRestoredRequests() {
        return status().restored();
    }

    @Override
    public LatencyView getExecute() {
        return LatencyView.of(status().execute());
    }
}
