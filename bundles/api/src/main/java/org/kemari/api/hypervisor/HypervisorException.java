package org.kemari.api.hypervisor;

import java.io.IOException;

/** The hypervisor refused or failed; the message says what happened to which domain and what to do. */
public class HypervisorException extends IOException {
    private static final long serialVersionUID = 1L;

    public HypervisorException(String message) {
        super(message);
    }

    public HypervisorException(String message, Throwable cause) {
        super(message, cause);
    }
}
