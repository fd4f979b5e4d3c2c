package org.kemari.management.internal;

import org.kemari.api.management.DistributionView;
import org.kemari.api.management.LatencyView;
import org.kemari.api.management.StateTransferMXBean;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.stats.LatencySummary;
import org.kemari.api.transfer.TransferStatus;
import org.kemari.api.transfer.TransferVolume;

/** The session of a domain; when it is over, its last figures until the MBean is gone too. */
final class StateTransferBean implements StateTransferMXBean {
    private final String domain;
    private final Sources sources;
    private volatile TransferStatus last;

    StateTransferBean(String domain, TransferStatus first, Sources sources) {
        this.domain = domain;
        this.last = first;
        this.sources = sources;
    }

    private TransferStatus status() {
        TransferStatus now = last;
        last = sources.protection()
                .flatMap(p -> p.status(domain))
                .flatMap(DomainStatus::transfer)
                .orElse(now);
        return last;
    }

    private static long perEpoch(long bytes, TransferVolume volume) {
        return volume.checkpoints() == 0 ? 0 : bytes / volume.checkpoints();
    }

    @Override
    public String getDomain() {
        return domain;
    }

    @Override
    public String getPeer() {
        return status().peer();
    }

    @Override
    public long getSession() {
        return status().session();
    }

    @Override
    public boolean isOutgoing() {
        return status().outgoing();
    }

    @Override
    public long getSentEpoch() {
        return status().sentEpoch();
    }

    @Override
    public long getCommittedEpoch() {
        return status().committedEpoch();
    }

    @Override
    public long getAppliedEpoch() {
        return status().appliedEpoch();
    }

    @Override
    public long getCheckpoints() {
        return status().checkpoints();
    }

    @Override
    public long getPages() {
        return status().pages();
    }

    @Override
    public long getBytes() {
        return status().bytes();
    }

    @Override
    public long getBytesPerEpoch() {
        TransferVolume volume = status().volume();
        return perEpoch(volume.bytes(), volume);
    }

    @Override
    public long getRawBytesPerEpoch() {
        TransferVolume volume = status().volume();
        return perEpoch(volume.rawBytes(), volume);
    }

    @Override
    public long getCheckpointBytes() {
        return status().volume().bytes();
    }

    @Override
    public long getCheckpointRawBytes() {
        return status().volume().rawBytes();
    }

    @Override
    public long getZeroPages() {
        return status().volume().zeroPages();
    }

    @Override
    public long getDeltaPages() {
        return status().volume().deltaPages();
    }

    @Override
    public String getPacking() {
        return status().volume().packing();
    }

    @Override
    public DistributionView getPagesPerEpoch() {
        LatencySummary pages = status().pagesPerEpoch();
        return new DistributionView(
                pages.count(), pages.p50Micros(), pages.p95Micros(), pages.p99Micros(), pages.maxMicros());
    }

    @Override
    public long getStagingBytes() {
        return status().stagingBytes();
    }

    @Override
    public long getStagingLimitBytes() {
        return status().stagingLimitBytes();
    }

    @Override
    public String getCapture() {
        return status().capture();
    }

    @Override
    public LatencyView getPause() {
        return LatencyView.of(status().pause());
    }

    @Override
    public LatencyView getTransfer() {
        return LatencyView.of(status().transfer());
    }

    @Override
    public LatencyView getCommit() {
        return LatencyView.of(status().commit());
    }

    @Override
    public LatencyView getApply() {
        return LatencyView.of(status().apply());
    }
}
