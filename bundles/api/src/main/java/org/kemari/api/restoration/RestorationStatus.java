package org.kemari.api.restoration;

import org.kemari.api.stats.LatencySummary;

/**
 * Figures of ring restoration for one domain. Counters only grow while the image is open.
 *
 * @param snapshots snapshots looked at
 * @param pendingLast requests pending in the last of them
 * @param writes writes, discards and write-zeroes executed on mirrored disks
 * @param flushes flushes executed on mirrored disks
 * @param bytes bytes written to mirrored disks
 * @param restored requests handed to the tap at takeovers
 * @param execute time for the writes of one snapshot
 */
public record RestorationStatus(
        long snapshots, int pendingLast, long writes, long flushes, long bytes, long restored, LatencySummary execute) {
    public static final RestorationStatus NONE = new RestorationStatus(0, 0, 0, 0, 0, 0, LatencySummary.EMPTY);
}
