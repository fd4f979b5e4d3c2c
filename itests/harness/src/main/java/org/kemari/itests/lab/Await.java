package org.kemari.itests.lab;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;

/** Waits for conditions. */
public final class Await {
    private static final long STEP_MILLIS = 20;

    private Await() {}

    /**
     * Waits until a condition holds; an exception in it counts as "not yet".
     *
     * @param what the condition in words, for the error
     * @throws TimeoutException with the last thing that was wrong
     */
    public static void until(String what, Duration patience, Callable<Boolean> condition) throws TimeoutException {
        until(what, patience, STEP_MILLIS, condition);
    }

    /** As above, looking every so many milliseconds: for conditions that are expensive to look at. */
    public static void until(String what, Duration patience, long stepMillis, Callable<Boolean> condition)
            throws TimeoutException {
        long end = System.nanoTime() + patience.toNanos();
        Exception last = null;
        while (System.nanoTime() < end) {
            try {
                if (condition.call()) {
                    return;
                }
                last = null;
            } catch (AbortWaiting e) {
                throw e;
            } catch (Exception e) {
                last = e;
            }
            try {
                Thread.sleep(stepMillis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting until " + what, e);
            }
        }
        TimeoutException timeout = new TimeoutException(
                "not within " + patience.toSeconds() + " s: " + what + (last == null ? "" : " (" + last + ")"));
        if (last != null) {
            timeout.initCause(last);
        }
        throw timeout;
    }

    /** Thrown by a condition that can never hold any more. */
    public static final class AbortWaiting extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public AbortWaiting(String message) {
            super(message);
        }
    }
}
