package org.kemari.api.link;

import java.io.IOException;
import java.time.Duration;

/** Makes links to other hosts. A service; safe for use by many threads. */
public interface LinkService {
    /**
     * Connects to a peer's acceptor, over whichever of its paths works; the time-out is for all attempts together.
     *
     * @param peer a host name from the settings
     * @param channel name of the acceptor there
     * @param timeout for the connection and the exchange of preambles
     * @throws IOException if the peer is unknown, cannot be reached, or has no such acceptor
     */
    Link connect(String peer, String channel, Duration timeout) throws IOException;

    /**
     * Connects over one path only.
     *
     * @param path index of the peer's address in the settings, from 0
     * @throws IOException as for the other; also if the peer has no such path
     */
    Link connect(String peer, int path, String channel, Duration timeout) throws IOException;
}
