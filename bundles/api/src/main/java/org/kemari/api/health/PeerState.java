package org.kemari.api.health;

/** What is known of a peer. */
public enum PeerState {
    /** Never heard of since this host's Kemari started. */
    UNKNOWN,
    /** Heartbeats arrive, by one path at least. */
    ALIVE,
    /** On every path the connection was reset, or heartbeats have been missing for too long. */
    LOST
}
