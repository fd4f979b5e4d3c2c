package org.kemari.link.internal;

import java.io.IOException;

/** A connection is refused for want of a proper certificate; the message says what is wrong and what to do. */
final class SecurityRefusal extends IOException {
    private static final long serialVersionUID = 1L;

    SecurityRefusal(String message) {
        super(message);
    }

    SecurityRefusal(String message, Throwable cause) {
        super(message, cause);
    }
}
