package org.kemari.api.health;

import java.util.List;
import java.util.Optional;

/** Watches all peers of the host settings. A service; safe for use by many threads. */
public interface HealthMonitor {
    List<PeerHealth> peers();

    /** What this host has found when it last looked at itself, the worst first. */
    List<Check> checks();

    default Optional<PeerHealth> peer(String name) {
        return peers().stream().filter(p -> p.peer().equals(name)).findFirst();
    }
}
