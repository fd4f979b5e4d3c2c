package org.kemari.api.transfer;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Set;
import org.kemari.api.tap.TapSnapshot;

/**
 * A checkpoint that has been applied to the standby's image.
 *
 * @param session the attempt that it belongs to
 * @param epoch its number
 * @param rings the rings at its pause
 * @param flushed ids of mirrored disks that ran ahead, and of which the guest has been told since the checkpoint before that
 *     they are durable; flushes that are pending in these rings are not meant
 * @param deviceState the hypervisor's device state, from position to limit; valid until the next checkpoint is applied
 */
public record CommittedCheckpoint(
        long session, long epoch, TapSnapshot rings, Set<String> flushed, ByteBuffer deviceState) {
    public CommittedCheckpoint {
        flushed = Set.copyOf(flushed);
        Objects.requireNonNull(rings);
        Objects.requireNonNull(deviceState);
    }
}
