package org.kemari.statetransfer.internal.outgoing;

import org.kemari.api.stats.LatencySummary;
import org.kemari.api.transfer.CheckpointReport;
import org.kemari.api.transfer.TransferStatus;
import org.kemari.statetransfer.internal.Latencies;
import org.kemari.statetransfer.internal.VolumeCounter;
import org.kemari.statetransfer.internal.wire.FrameVolume;

/** What one session has sent. Each value is written by one thread and read by any. */
final class OutgoingFigures {
    private static final int REMEMBERED = 64;

    private final Latencies pause = new Latencies();
    private final Latencies transfer = new Latencies();
    private final Latencies commit = new Latencies();
    private final Latencies pagesPerEpoch = new Latencies();
    private final VolumeCounter volume = new VolumeCounter();
    /** By epoch, modulo: ends of pauses and pages, for when the acknowledgement comes. Guarded by itself. */
    private final long[] pauseEnds = new long[REMEMBERED];

    private final long[] pagesOf = new long[REMEMBERED];

    private volatile long begunEpoch;
    private volatile long sentEpoch;
    private volatile long committedEpoch;
    private volatile long checkpoints;
    private volatile long pages;

    /** The first frame of a checkpoint is about to be sent. */
    void begun(long epoch) {
        begunEpoch = epoch;
    }

    /** The checkpoint whose commit is waited for; 0: none. */
    long awaitedEpoch() {
        long committed = committedEpoch;
        return begunEpoch > committed ? committed + 1 : 0;
    }

    /** A checkpoint is about to be completed; its acknowledgement may come at any time now. */
    void sending(long epoch, long pauseEndNanos, long pageCount) {
        synchronized (pauseEnds) {
            pauseEnds[(int) (epoch % REMEMBERED)] = pauseEndNanos;
            pagesOf[(int) (epoch % REMEMBERED)] = pageCount;
        }
    }

    void sent(CheckpointReport report, FrameVolume frames) {
        volume.add(frames, report.bytes());
        sentEpoch = report.epoch();
        pause.recordNanos(report.pauseNanos());
        transfer.recordNanos(report.transferNanos());
    }

    void committed(long epoch, long nowNanos) {
        long pauseEnd;
        long pageCount;
        synchronized (pauseEnds) {
            pauseEnd = pauseEnds[(int) (epoch % REMEMBERED)];
            pageCount = pagesOf[(int) (epoch % REMEMBERED)];
        }
        commit.recordNanos(nowNanos - pauseEnd);
        pagesPerEpoch.record(pageCount);
        pages = pages + pageCount;
        checkpoints = checkpoints + 1;
        committedEpoch = epoch;
    }

    long committedEpoch() {
        return committedEpoch;
    }

    TransferStatus status(
            String peer,
            long session,
            long bytes,
            long stagingBytes,
            long stagingLimit,
            String captureMethod,
            String packing) {
        return new TransferStatus(
                peer,
                session,
                true,
                sentEpoch,
                committedEpoch,
                0,
                checkpoints,
                pages,
                bytes,
                stagingBytes,
                stagingLimit,
                captureMethod,
                pause.summary(),
                transfer.summary(),
                commit.summary(),
                LatencySummary.EMPTY,
                pagesPerEpoch.summary(),
                volume.volume(packing));
    }
}
