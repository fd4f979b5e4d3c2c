package org.kemari.api.transfer;

import java.io.IOException;

/** The standby has refused; the message says why, for people. */
public class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    public RefusedException(String reason) {
        super(reason);
    }
}
