package org.kemari.arbiterzookeeper.internal;

/** A session has ended, or is too late with an answer. What it was asked to do last may have been done or not. */
final class LostException extends Exception {
    private static final long serialVersionUID = 1L;

    LostException(String message) {
        super(message);
    }
}
