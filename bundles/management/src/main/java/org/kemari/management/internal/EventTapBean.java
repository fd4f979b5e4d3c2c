package org.kemari.management.internal;

import org.kemari.api.management.EventTapMXBean;
import org.kemari.api.management.LatencyView;
import org.kemari.api.tap.DeviceStatus;

/** One tapped device; when it is gone, its last figures until the MBean is gone too. */
final class EventTapBean implements EventTapMXBean {
    private final String domain;
    private final Sources sources;
    private volatile DeviceStatus last;

    EventTapBean(String domain, DeviceStatus first, Sources sources) {
        this.domain = domain;
        this.last = first;
        this.sources = sources;
    }

    private DeviceStatus status() {
        DeviceStatus now = last;
        last = sources.protection()
                .flatMap(p -> p.status(domain))
                .flatMap(s -> s.devices().stream()
                        .filter(d -> d.device().equals(now.device()))
                        .findFirst())
                .orElse(now);
        return last;
    }

    @Override
    public String getDomain() {
        return domain;
    }

    @Override
    public String getDevice() {
        return last.device();
    }

    @Override
    public String getKind() {
        return last.kind().name();
    }

    @Override
    public boolean isConnected() {
        return status().connected();
    }

    @Override
    public String getState() {
        return status().state();
    }

    @Override
    public boolean isHolding() {
        return status().holding();
    }

    @Override
    public boolean isRunningAhead() {
        return status().ahead();
    }

    @Override
    public int getInFlightRequests() {
        return status().inFlight();
    }

    @Override
    public int getHeldOutputs() {
        return status().heldOutputs();
    }

    @Override
    public long getReads() {
        return status().reads();
    }

    @Override
    public long getWrites() {
        return status().writes();
    }

    @Override
    public long getFlushes() {
        return status().flushes();
    }

    @Override
    public long getBytesRead() {
        return status().bytesRead();
    }

    @Override
    public long getBytesWritten() {
        return status().bytesWritten();
    }

    @Override
    public long getDroppedFrames() {
        return status().dropped();
    }

    @Override
    public long getLoggedFrames() {
        return status().frames().logged();
    }

    @Override
    public long getUnloggedFrames() {
        return status().frames().notLogged();
    }

    @Override
    public long getCopiedPackets() {
        return status().frames().copied();
    }

    @Override
    public long getReplayedFrames() {
        return status().frames().replayed();
    }

    @Override
    public long getResentPackets() {
        return status().frames().resent();
    }

    @Override
    public long getErrors() {
        return status().errors();
    }

    @Override
    public LatencyView getHoldLatency() {
        return LatencyView.of(status().hold());
    }
}
