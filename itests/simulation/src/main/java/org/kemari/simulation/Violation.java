package org.kemari.simulation;

/** An invariant does not hold. */
public final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Violation(String message) {
        super(message);
    }
}
