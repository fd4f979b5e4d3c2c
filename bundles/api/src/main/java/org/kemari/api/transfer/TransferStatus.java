package org.kemari.api.transfer;

import java.util.Objects;
import org.kemari.api.stats.LatencySummary;

/**
 * Figures of a session, either side. Counters only grow within a session.
 *
 * @param peer the other host
 * @param session number of the attempt
 * @param outgoing {@code true} on the primary
 * @param sentEpoch last epoch sent (primary) or received whole (standby)
 * @param committedEpoch last epoch committed
 * @param appliedEpoch standby: last epoch applied to the image; primary: 0
 * @param checkpoints checkpoints committed
 * @param pages memory pages in them
 * @param bytes bytes sent or received, frames included
 * @param stagingBytes memory used for staging at present
 * @param stagingLimitBytes its bound
 * @param capture how dirty pages are found: {@code pagemap-scan} or {@code compare}; empty on the standby
 * @param pause guest pauses; empty on the standby
 * @param transfer sending (primary) or receiving (standby) one checkpoint
 * @param commit primary: from the end of the pause to the acknowledgement
 * @param apply standby: applying one checkpoint to the image and to mirrored disks
 * @param pagesPerEpoch distribution of pages per checkpoint; the unit is pages, not microseconds
 * @param volume what the checkpoints carry, and what is left of it on the link
 */
public record TransferStatus(
        String peer,
        long session,
        boolean outgoing,
        long sentEpoch,
        long committedEpoch,
        long appliedEpoch,
        long checkpoints,
        long pages,
        long bytes,
        long stagingBytes,
        long stagingLimitBytes,
        String capture,
        LatencySummary pause,
        LatencySummary transfer,
        LatencySummary commit,
        LatencySummary apply,
        LatencySummary pagesPerEpoch,
        TransferVolume volume) {
    public TransferStatus {
        Objects.requireNonNull(peer);
        Objects.requireNonNull(capture);
        Objects.requireNonNull(pause);
        Objects.requireNonNull(transfer);
        Objects.requireNonNull(commit);
        Objects.requireNonNull(apply);
        Objects.requireNonNull(pagesPerEpoch);
        Objects.requireNonNull(volume);
    }
}
