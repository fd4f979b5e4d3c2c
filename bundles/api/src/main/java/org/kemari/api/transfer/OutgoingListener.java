package org.kemari.api.transfer;

/** Told what the standby says. Called on the session's reading thread, in order; return at once. */
public interface OutgoingListener {
    /** The standby has committed this epoch of this session. */
    void committed(long epoch);

    /**
     * The session is over: the link is gone, or the standby gave up. Called once.
     *
     * @param reason for people
     */
    void ended(String reason);
}
