package org.kemari.api.transfer;

import java.io.IOException;

/** Sends a domain to a standby. A service; safe for use by many threads. */
public interface StateTransfer {
    /**
     * Connects to the standby and agrees with it on what is to come. The standby may take a few seconds: it starts its
     * hypervisor.
     *
     * @param listener told of commits and of the end; called on the session's reading thread
     * @throws RefusedException if the standby says no
     * @throws UnreachableException if it cannot be reached
     * @throws IOException if the link is lost meanwhile
     */
    OutgoingSession open(OutgoingRequest request, OutgoingListener listener) throws IOException;
}
