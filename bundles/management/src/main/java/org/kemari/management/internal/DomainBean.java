package org.kemari.management.internal;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.management.DomainMXBean;
import org.kemari.api.management.StateChangeView;
import org.kemari.api.management.TakeoverView;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.transfer.SyncProgress;

/** One domain. */
final class DomainBean implements DomainMXBean {
    private final String name;
    private final Sources sources;
    private final DomainHistory history;

    DomainBean(String name, Sources sources, DomainHistory history) {
        this.name = name;
        this.sources = sources;
        this.history = history;
    }

    private DomainStatus status() {
        return sources.requireProtection()
                .status(name)
                .orElseThrow(() -> new IllegalStateException("domain " + name + " is no longer here"));
    }

    private SyncProgress sync() {
        return status().sync();
    }

    private Optional<DomainDefinition> definition() {
        return sources.configuration().domain(name);
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public String getRole() {
        return status().role().name();
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
    public boolean isProtected() {
        return DomainNews.isProtected(status());
    }

    @Override
    public String getPeer() {
        return status().peer();
    }

    @Override
    public Map<String, Long> getNativeMemory() {
        return NativeMemoryTable.of(sources.nativeMemory().stream()
                .filter(use -> use.domain().equals(name))
                .toList());
    }

    @Override
    public long getGeneration() {
        return status().generation();
    }

    @Override
    public long getSession() {
        return status().session();
    }

    @Override
    public long getEpoch() {
        return status().epoch();
    }

    @Override
    public long getSinceEpochMillis() {
        return status().sinceEpochMillis();
    }

    @Override
    public long getHypervisorPid() {
        return status().pid();
    }

    @Override
    public long getGuestResets() {
        return status().guestResets();
    }

    @Override
    public long getMemoryBytes() {
        return definition().map(DomainDefinition::memoryBytes).orElse(0L);
    }

    @Override
    public int getVcpus() {
        return definition().map(DomainDefinition::vcpus).orElse(0);
    }

    @Override
    public String getSyncPhase() {
        return sync().phase();
    }

    @Override
    public int getSyncRound() {
        return sync().round();
    }

    @Override
    public long getSyncBytesDone() {
        return sync().bytesDone();
    }

    @Override
    public long getSyncBytesTotal() {
        return sync().bytesTotal();
    }

    @Override
    public long getSyncBytesSent() {
        return sync().bytesSent();
    }

    @Override
    public long getSyncBytesPerSecond() {
        return sync().bytesPerSecond();
    }

    @Override
    public long getSyncEstimatedMillis() {
        return sync().estimatedMillis();
    }

    @Override
    public TakeoverView getLastTakeover() {
        return status().lastTakeover().map(TakeoverView::new).orElse(null);
    }

    @Override
    public int getSyncPercent() {
        return SyncNews.percent(sync());
    }

    @Override
    public long getTakeoverCount() {
        return history.takeoverCount();
    }

    @Override
    public List<TakeoverView> getTakeovers() {
        return history.takeoverViews();
    }

    @Override
    public List<StateChangeView> getStateChanges() {
        return history.changes();
    }

    @Override
    public long getProtectionLosses() {
        return history.losses();
    }

    @Override
    public long getUnprotectedMillis() {
        return history.unprotectedMillis();
    }

    private void ask(Sources.Operation operation) {
        sources.ask(operation);
    }

    @Override
    public void start() {
        ask(protection -> protection.start(name));
    }

    @Override
    public void stop(int graceSeconds) {
        if (graceSeconds < 0) {
            throw new IllegalArgumentException("graceSeconds is " + graceSeconds + "; expected 0 or more");
        }
        ask(protection -> protection.stop(name, Duration.ofSeconds(graceSeconds)));
    }

    @Override
    public void protect(String standby) {
        Optional<String> host = Optional.ofNullable(standby).map(String::strip).filter(s -> !s.isEmpty());
        ask(protection -> protection.protect(name, host));
    }

    @Override
    public void unprotect() {
        ask(protection -> protection.unprotect(name));
    }

    @Override
    public void takeover() {
        ask(protection -> protection.takeover(name));
    }

    @Override
    public void switchover() {
        ask(protection -> protection.switchover(name));
    }
}
