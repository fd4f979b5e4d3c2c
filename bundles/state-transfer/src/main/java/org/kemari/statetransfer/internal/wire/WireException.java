package org.kemari.statetransfer.internal.wire;

import java.io.IOException;

/** The other end has sent something that is not allowed or damaged; the message says what, for people. */
public final class WireException extends IOException {
    private static final long serialVersionUID = 1L;

    public WireException(String message) {
        super(message);
    }
}
