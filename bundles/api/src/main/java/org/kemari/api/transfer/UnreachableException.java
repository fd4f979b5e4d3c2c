package org.kemari.api.transfer;

import java.io.IOException;

/** The standby could not be reached, or does not serve yet; nothing has been said to it. It may help to try again. */
public class UnreachableException extends IOException {
    private static final long serialVersionUID = 1L;

    public UnreachableException(String message, Throwable cause) {
        super(message, cause);
    }
}
