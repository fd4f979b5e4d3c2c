package org.kemari.api.transfer;

import org.kemari.api.tap.LoggedFrames;

/** One attempt at protection, on the standby. Safe for use by many threads. */
public interface IncomingSession {
    TransferStatus status();

    SyncProgress progress();

    /**
     * Takes no more from the primary: the link is closed, nothing more is acknowledged; a checkpoint that is committed
     * but not yet applied is applied to the end. When this returns the image is exactly the last committed checkpoint.
     *
     * @return that checkpoint; empty if none was ever committed
     */
    java.util.Optional<CommittedCheckpoint> seal();

    /** The frames that go with the checkpoint which {@link #seal} has returned; before that, with whatever is committed now. */
    LoggedFrames frames();

    /** Ends the session; the image is of no further use. */
    void abandon(String reason);
}
