package org.kemari.api.health;

/** Told when a peer comes or goes; register as a service. Called on the monitor's thread; return at once. */
public interface PeerListener {
    void peerChanged(PeerHealth health);
}
