package org.kemari.api.domain;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * How a domain is protected.
 *
 * @param standbys hosts that may be its standby, the preferred one first; this host's own name in it is ignored, so that
 *     all hosts can have the same list
 * @param automatic whether protection is begun, and begun again after a loss, without an operator, as long as one of the
 *     standbys is there
 * @param fence whether the old primary must have been fenced before a takeover
 * @param maxEpochAge a checkpoint is taken at least this often, outputs or not
 * @param minEpochGap shortest time between the starts of two checkpoints; 0 gives the lowest latency
 * @param writePolicy when mirrored disks are written
 * @param epochsInFlight how many checkpoints may have been begun and not been committed yet; 1: the next one is begun
 *     only when the last one has been committed
 * @param targetLatency how long outputs may be held so that more of them share a checkpoint, while the guest goes on to
 *     let some out; 0: not at all
 * @param frameLog whether the frames that the guest receives are logged to the standby, which replays at a takeover what the
 *     guest of the last checkpoint has not received
 * @param packetLog whether the packets that a checkpoint releases go to the standby with it, which sends them at a takeover
 *     in case the primary had no time to
 */
public record ProtectionSettings(
        List<String> standbys,
        boolean automatic,
        FencePolicy fence,
        Duration maxEpochAge,
        Duration minEpochGap,
        WritePolicy writePolicy,
        int epochsInFlight,
        Duration targetLatency,
        boolean frameLog,
        boolean packetLog) {
    /** More would not help: a standby applies one after another. */
    public static final int MOST_EPOCHS_IN_FLIGHT = 8;

    /** No standby named, a checkpoint at least every second, no gap, writes held, one checkpoint at a time. */
    public static final ProtectionSettings DEFAULT = new ProtectionSettings(
            List.of(), true, FencePolicy.AUTO, Duration.ofSeconds(1), Duration.ZERO, WritePolicy.HOLD);

    /** One checkpoint at a time, begun as soon as an output is held and the gap allows. */
    public ProtectionSettings(
            List<String> standbys,
            boolean automatic,
            FencePolicy fence,
            Duration maxEpochAge,
            Duration minEpochGap,
            WritePolicy writePolicy) {
        this(standbys, automatic, fence, maxEpochAge, minEpochGap, writePolicy, 1, Duration.ZERO);
    }

    /** Neither frames nor packets are logged. */
    public ProtectionSettings(
            List<String> standbys,
            boolean automatic,
            FencePolicy fence,
            Duration maxEpochAge,
            Duration minEpochGap,
            WritePolicy writePolicy,
            int epochsInFlight,
            Duration targetLatency) {
        this(
                standbys,
                automatic,
                fence,
                maxEpochAge,
                minEpochGap,
                writePolicy,
                epochsInFlight,
                targetLatency,
                false,
                false);
    }

    public ProtectionSettings {
        if (epochsInFlight < 1 || epochsInFlight > MOST_EPOCHS_IN_FLIGHT) {
            throw new IllegalArgumentException(epochsInFlight + " epochs in flight");
        }
        Objects.requireNonNull(fence);
        Objects.requireNonNull(maxEpochAge);
        Objects.requireNonNull(minEpochGap);
        Objects.requireNonNull(writePolicy);
        Objects.requireNonNull(targetLatency);
        standbys = List.copyOf(standbys);
    }
}
