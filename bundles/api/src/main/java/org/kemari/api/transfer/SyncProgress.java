package org.kemari.api.transfer;

import java.util.Objects;

/**
 * How far a full sync is.
 *
 * @param phase for people: {@code comparing disks}, {@code copying changed blocks}, {@code memory and disks}, {@code last
 *     round}, {@code done}
 * @param round number of the memory round, from 1
 * @param bytesDone bytes looked at so far, zeroes and repeats included
 * @param bytesTotal bytes to look at, as known now
 * @param bytesSent bytes that went over the link
 * @param bytesPerSecond recent speed of {@code bytesDone}
 * @param estimatedMillis estimate of what is left, -1 if unknown
 */
public record SyncProgress(
        String phase,
        int round,
        long bytesDone,
        long bytesTotal,
        long bytesSent,
        long bytesPerSecond,
        long estimatedMillis) {
    public static final SyncProgress NONE = new SyncProgress("none", 0, 0, 0, 0, 0, -1);

    public SyncProgress {
        Objects.requireNonNull(phase);
    }
}
