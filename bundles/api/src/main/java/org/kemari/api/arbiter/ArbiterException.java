package org.kemari.api.arbiter;

import java.io.IOException;

/** The arbiter could not be asked. */
public class ArbiterException extends IOException {
    private static final long serialVersionUID = 1L;

    public ArbiterException(String message) {
        super(message);
    }

    public ArbiterException(String message, Throwable cause) {
        super(message, cause);
    }
}
