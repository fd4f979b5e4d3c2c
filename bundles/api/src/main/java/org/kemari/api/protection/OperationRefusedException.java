package org.kemari.api.protection;

/** An operator's request that cannot be carried out; the message says why and what to do. */
public class OperationRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    public OperationRefusedException(String message) {
        super(message);
    }

    public OperationRefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
