package org.kemari.api.link;

import java.io.IOException;
import java.time.Duration;

/** Makes links to other hosts. A service; safe for use by many threads. */
public interface LinkService {
    /**
     * Connects to a peer's acceptor.
     *
     * @param peer a host name from the settings
     * @param channel name of the acceptor there
     * @param timeout for the connection and the exchange of preambles
     * @throws IOException if the peer is unknown, cannot be reached, or has no such acceptor
     */
    Link connect(String peer, String channel, Duration timeout) throws IOException;
}
