package org.kemari.api.transfer;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.kemari.api.tap.TapSnapshot;

/**
 * A checkpoint that has been applied to the standby's image.
 *
 * @param session the attempt that it belongs to
 * @param epoch its number
 * @param rings the rings at its pause
 * @param deviceState the hypervisor's device state, from position to limit; valid until the next checkpoint is applied
 */
public record CommittedCheckpoint(long session, long epoch, TapSnapshot rings, ByteBuffer deviceState) {
    public CommittedCheckpoint {
        Objects.requireNonNull(rings);
        Objects.requireNonNull(deviceState);
    }
}
