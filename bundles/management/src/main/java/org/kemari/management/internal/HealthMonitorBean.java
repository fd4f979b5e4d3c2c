package org.kemari.management.internal;

import java.util.List;
import java.util.Locale;
import org.kemari.api.health.PathHealth;
import org.kemari.api.health.PeerHealth;
import org.kemari.api.management.HealthMonitorMXBean;
import org.kemari.api.management.LatencyView;
import org.kemari.api.management.PathView;

/** One peer; when it is gone from the settings, its last figures until the MBean is gone too. */
final class HealthMonitorBean implements HealthMonitorMXBean {
    private final Sources sources;
    private volatile PeerHealth last;

    HealthMonitorBean(PeerHealth first, Sources sources) {
        this.last = first;
        this.sources = sources;
    }

    private PeerHealth status() {
        PeerHealth now = last;
        last = sources.health().flatMap(h -> h.peer(now.peer())).orElse(now);
        return last;
    }

    @Override
    public String getPeer() {
        return last.peer();
    }

    @Override
    public String getState() {
        return status().state().name();
    }

    @Override
    public String getReason() {
        return status().reason();
    }

    @Override
    public long getSinceEpochMillis() {
        return status().sinceEpochMillis();
    }

    @Override
    public long getLastHeardEpochMillis() {
        return status().lastHeardEpochMillis();
    }

    @Override
    public long getHeartbeatsSent() {
        return status().heartbeatsSent();
    }

    @Override
    public long getHeartbeatsReceived() {
        return status().heartbeatsReceived();
    }

    @Override
    public long getLosses() {
        return status().losses();
    }

    @Override
    public LatencyView getRoundTrip() {
        return LatencyView.of(status().roundTrip());
    }

    @Override
    public List<String> getPaths() {
        return status().paths().stream().map(HealthMonitorBean::text).toList();
    }

    @Override
    public List<PathView> getPathTable() {
        return status().paths().stream().map(PathView::of).toList();
    }

    private static String text(PathHealth path) {
        return String.format(
                Locale.ROOT, "%s: %s, phi %.1f: %s", path.address(), path.state(), path.suspicion(), path.reason());
    }
}
