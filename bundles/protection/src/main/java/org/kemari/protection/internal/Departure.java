package org.kemari.protection.internal;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * How a controller goes while its guest stays: it has said so, and is waited for until the guest needs it no more. Safe for
 * use by many threads.
 */
final class Departure {
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final CountDownLatch alone = new CountDownLatch(1);
    private volatile boolean begun;
    private volatile boolean withTap;
    private volatile boolean left;
    private volatile long beganNanos;

    /**
     * It is about to go.
     *
     * @param tapGoes and the guest's tap, too
     * @return whether that is new
     */
    synchronized boolean begin(boolean tapGoes) {
        if (begun) {
            return false;
        }
        withTap = tapGoes;
        beganNanos = System.nanoTime();
        begun = true;
        return true;
    }

    /** The guest and its tap go on without the controller. */
    void left() {
        left = true;
        alone.countDown();
    }

    /** There is no guest any more. */
    void over() {
        alone.countDown();
    }

    boolean hasLeft() {
        return left;
    }

    /** Whether nobody serves the guest's devices once the controller is gone. */
    boolean leavesGuestWithoutTap() {
        return withTap;
    }

    /**
     * Waits until the guest needs the controller no more; a little, counted from {@link #begin}, so that all domains of a
     * host are waited for together.
     *
     * @return {@code false} if it still does
     */
    boolean await() {
        if (!begun) {
            return true;
        }
        try {
            return alone.await(PATIENCE.toNanos() - (System.nanoTime() - beganNanos), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
