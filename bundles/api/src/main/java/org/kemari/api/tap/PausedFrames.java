package org.kemari.api.tap;

import java.util.List;

/**
 * The NICs at a checkpoint's pause.
 *
 * @param received for each NIC, in order, the number of the last frame that the guest had been given
 * @param held packets which that checkpoint releases, for the standby: empty unless they are wanted
 */
public record PausedFrames(List<Long> received, List<FrameBatch> held) {
    public static final PausedFrames NONE = new PausedFrames(List.of(), List.of());

    public PausedFrames {
        received = List.copyOf(received);
        held = List.copyOf(held);
    }
}
