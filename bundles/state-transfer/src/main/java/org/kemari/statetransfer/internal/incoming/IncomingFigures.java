package org.kemari.statetransfer.internal.incoming;

import org.kemari.api.transfer.SyncProgress;
import org.kemari.api.transfer.TransferStatus;
import org.kemari.statetransfer.internal.Latencies;
import org.kemari.statetransfer.internal.VolumeCounter;

/** What one session has received and done. Each value is written by one thread and read by any. */
final class IncomingFigures {
    private final Latencies transfer = new Latencies();
    private final Latencies apply = new Latencies();
    private final Latencies pagesPerEpoch = new Latencies();
    private final VolumeCounter volume = new VolumeCounter();
    private volatile long receivedEpoch;
    private volatile long committedEpoch;
    private volatile long appliedEpoch;
    private volatile long checkpoints;
    private volatile long pages;
    private volatile SyncProgress progress = SyncProgress.NONE;

    void received(StagedCheckpoint checkpoint, long nanos, long bytes) {
        volume.add(checkpoint.volume(), bytes);
        receivedEpoch = checkpoint.epoch();
        transfer.recordNanos(nanos);
    }

    void committed(long epoch, long pagesOfEpoch) {
        committedEpoch = epoch;
        checkpoints = checkpoints + 1;
        pages = pages + pagesOfEpoch;
        pagesPerEpoch.record(pagesOfEpoch);
    }

    void applied(long epoch, long nanos) {
        appliedEpoch = epoch;
        apply.recordNanos(nanos);
    }

    void synced(int round, boolean last, long bytesReceived, long remaining) {
        progress = new SyncProgress(
                last ? "last round" : "memory and disks",
                round,
                bytesReceived,
                bytesReceived + remaining,
                bytesReceived,
                0,
                -1);
    }

    void firstCommit(long bytesReceived) {
        progress = new SyncProgress("done", progress.round(), bytesReceived, bytesReceived, bytesReceived, 0, 0);
    }

    long committedEpoch() {
        return committedEpoch;
    }

    SyncProgress progress() {
        return progress;
    }

    TransferStatus status(String peer, long session, long bytes, long stagingBytes, long stagingLimit, String packing) {
        return new TransferStatus(
                peer,
                session,
                false,
                receivedEpoch,
                committedEpoch,
                appliedEpoch,
                checkpoints,
                pages,
                bytes,
                stagingBytes,
                stagingLimit,
                "",
                org.kemari.api.stats.LatencySummary.EMPTY,
                transfer.summary(),
                org.kemari.api.stats.LatencySummary.EMPTY,
                apply.summary(),
                pagesPerEpoch.summary(),
                volume.volume(packing));
    }
}
