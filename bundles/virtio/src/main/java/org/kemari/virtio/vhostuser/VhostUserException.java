package org.kemari.virtio.vhostuser;

import java.io.IOException;

/** The front-end broke the vhost-user protocol. The message says how; the connection must be closed. */
public final class VhostUserException extends IOException {
    private static final long serialVersionUID = 1L;

    public VhostUserException(String message) {
        super(message);
    }
}
