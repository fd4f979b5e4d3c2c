package org.kemari.api.health;

import java.util.List;
import java.util.Optional;

/** Watches all peers of the host settings. A service; safe for use by many threads. */
public interface HealthMonitor {
    List<PeerHealth> peers();

    default Optional<PeerHealth> peer(String name) {
        return peers().stream().filter(p -> p.peer().equals(name)).findFirst();
    }
}
