package org.kemari.api.tap;

import java.io.IOException;
import java.time.Duration;

/**
 * Frames on their way through a domain's NICs, copied for the standby, so that a takeover need not cost the guest's peers a
 * retransmission. All of this is best effort and bounded: a network may lose and repeat frames. What does not fit is
 * counted ({@link FrameFigures}) and nothing waits for it.
 *
 * <p>Each frame that is received has a number, from 1, per NIC. Frames are logged while outputs are held only; {@link
 * DomainTap#passThrough} forgets what is there.
 */
public interface FrameLog {
    /** Takes frames; what it is given is valid during the call. */
    interface Sink {
        void frames(FrameBatch batch) throws IOException;
    }

    /**
     * From now on. Neither, at the beginning. Any thread.
     *
     * @param received whether frames that the guest receives are logged for {@link #take}
     * @param held whether {@link #atPause} tells the packets that a checkpoint releases
     */
    void choose(boolean received, boolean held);

    /**
     * Waits for received frames that have not been taken. One thread at a time.
     *
     * @return whether there are any
     */
    boolean await(Duration timeout) throws InterruptedException;

    /** Takes all received frames that have not been taken, in order for each NIC. The same thread. */
    void take(Sink sink) throws IOException;

    /**
     * What the checkpoint whose snapshot has just been taken has of each NIC. The conductor's thread; before the next {@link
     * DomainTap#prepare}.
     */
    PausedFrames atPause();

    /**
     * Takeover, when the TAP devices are up and before the guest is resumed: what was received is given to the guest, in
     * order, as soon as it has rings, and before frames from the TAP device; what was held is sent. Frames that make no sense
     * are left out.
     */
    void replay(LoggedFrames logged);
}
