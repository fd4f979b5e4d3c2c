package org.kemari.api.tap;

import java.io.IOException;

/** Serves the devices of this host's domains. A service; safe for use by many threads. */
public interface EventTap {
    /**
     * Makes the backends of all devices of a domain, and ends those that were left ({@link DomainTap#leave}). Returns at
     * once; the backends connect to the device sockets as soon as these appear, and again whenever a connection is lost,
     * until the tap is closed.
     *
     * @throws IOException if a disk cannot be opened or a TAP device cannot be made; the message names it
     */
    DomainTap open(TapRequest request) throws IOException;

    /**
     * For a guest that runs already: returns the tap that was left, which has served it without a break, if its devices are
     * those of the request. Otherwise as {@link #open}.
     *
     * @throws IOException as {@link #open}
     */
    DomainTap adopt(TapRequest request) throws IOException;
}
