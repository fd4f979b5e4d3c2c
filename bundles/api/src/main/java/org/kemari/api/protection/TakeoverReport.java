package org.kemari.api.protection;

import java.util.Objects;

/**
 * The timeline of a takeover. All times are microseconds after {@code detectedEpochMillis} (wall clock).
 *
 * @param domain its name
 * @param reason why it was taken over, for people
 * @param generation generation since then
 * @param epoch checkpoint that it resumed from
 * @param detectedEpochMillis when the loss was noticed, or the operator asked
 * @param decidedMicros the arbiter had said yes
 * @param fencedMicros the old primary had been fenced; equal to {@code decidedMicros} without a fence
 * @param sealedMicros the image was exactly the last commit
 * @param restoredMicros the rings were validated and handed to the tap
 * @param loadedMicros the hypervisor had loaded the device state
 * @param resumedMicros the guest ran
 * @param announcedMicros the network was told
 * @param pendingRequests requests restored from the rings
 */
public record TakeoverReport(
        String domain,
        String reason,
        long generation,
        long epoch,
        long detectedEpochMillis,
        long decidedMicros,
        long fencedMicros,
        long sealedMicros,
        long restoredMicros,
        long loadedMicros,
        long resumedMicros,
        long announcedMicros,
        int pendingRequests) {
    public TakeoverReport {
        Objects.requireNonNull(domain);
        Objects.requireNonNull(reason);
    }
}
