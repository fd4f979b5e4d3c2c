package org.kemari.api.health;

/** What is known of a peer. */
public enum PeerState {
    /** Never heard of since this host's Kemari started. */
    UNKNOWN,
    /** Heartbeats arrive. */
    ALIVE,
    /** The connection was reset, or heartbeats have been missing for the silence time-out. */
    LOST
}
