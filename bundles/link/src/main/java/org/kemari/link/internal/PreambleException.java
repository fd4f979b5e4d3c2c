package org.kemari.link.internal;

import java.io.IOException;

/** The other end of a new connection does not speak as it should; the message says what is wrong, for people. */
final class PreambleException extends IOException {
    private static final long serialVersionUID = 1L;

    PreambleException(String message) {
        super(message);
    }
}
