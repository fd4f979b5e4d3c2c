package org.kemari.virtio.ring;

/** A guest broke the rules of its ring. The message says how, for people; the ring must not be used any further. */
public final class RingException extends Exception {
    private static final long serialVersionUID = 1L;

    public RingException(String message) {
        super(message);
    }
}
