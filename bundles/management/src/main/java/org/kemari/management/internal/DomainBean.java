package org.kemari.management.internal;

import java.time.Duration;
import java.util.Optional;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.management.DomainMXBean;
import org.kemari.api.management.TakeoverView;
import org.kemari.api.protection.DomainState;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.transfer.SyncProgress;

/** One domain. */
final class DomainBean implements DomainMXBean {
    private final String name;
    private final Sources sources;

    DomainBean(String name, Sources sources) {
        this.name = name;
        this.sources = sources;
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
        return isProtected(status());
    }

    static boolean isProtected(DomainStatus status) {
        // While it switches over, the standby has the last commit, and is named by the record, as ever.
        return status.state() == DomainState.PROTECTED || status.state() == DomainState.SWITCHING;
    }

    @Override
    public String getPeer() {
        return status().peer();
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
