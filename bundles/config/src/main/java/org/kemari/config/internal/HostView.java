package org.kemari.config.internal;

import java.util.Set;
import org.kemari.api.config.HostSettings;

/**
 * What a definition is held against.
 *
 * @param name this host
 * @param peers names of the other hosts
 * @param fences whether there is a fence command
 */
record HostView(String name, Set<String> peers, boolean fences) {
    HostView {
        peers = Set.copyOf(peers);
    }

    static HostView of(HostSettings host) {
        return new HostView(host.name(), host.peers().keySet(), host.fence().isConfigured());
    }

    boolean knows(String host) {
        return name.equals(host) || peers.contains(host);
    }
}
