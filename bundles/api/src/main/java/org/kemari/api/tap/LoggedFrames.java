package org.kemari.api.tap;

import java.util.List;

/**
 * What a standby knows of the network when it takes over.
 *
 * @param received frames that the lost guest had received and the guest of the last committed checkpoint has not, in order
 *     for each NIC; not all of them, for want of room
 * @param held packets that the guest had sent by the pause of that checkpoint and that had not been let out when it was sent;
 *     perhaps they have been since
 */
public record LoggedFrames(List<FrameBatch> received, List<FrameBatch> held) {
    public static final LoggedFrames NONE = new LoggedFrames(List.of(), List.of());

    public LoggedFrames {
        received = List.copyOf(received);
        held = List.copyOf(held);
    }

    /** The same for a primary that has let out all packets before it handed over. */
    public LoggedFrames withoutHeld() {
        return new LoggedFrames(received, List.of());
    }
}
