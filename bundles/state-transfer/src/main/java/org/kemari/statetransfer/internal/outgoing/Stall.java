package org.kemari.statetransfer.internal.outgoing;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Notices when something is waited for and nothing moves. One thread. */
final class Stall {
    private final LongSupplier nanoTime;
    private final Duration copyTimeout;
    private final Duration commitTimeout;
    private boolean waiting;
    private long moved;
    private long sinceNanos;

    /**
     * @param copyTimeout for something to move while memory and disks are copied
     * @param commitTimeout for something to move while a commit is waited for
     */
    Stall(LongSupplier nanoTime, Duration copyTimeout, Duration commitTimeout) {
        this.nanoTime = nanoTime;
        this.copyTimeout = copyTimeout;
        this.commitTimeout = commitTimeout;
    }

    /** Nothing is waited for. */
    Optional<String> idle() {
        waiting = false;
        return Optional.empty();
    }

    /**
     * The first copy is under way.
     *
     * @param soFar changes with everything that moves
     * @return the patience that is at an end, for people; empty if it is not
     */
    Optional<String> copying(long soFar) {
        return look(soFar, copyTimeout);
    }

    /** A checkpoint has been sent, at least in part, and is not committed. */
    Optional<String> awaiting(long soFar) {
        return look(soFar, commitTimeout);
    }

    private Optional<String> look(long soFar, Duration timeout) {
        long now = nanoTime.getAsLong();
        if (!waiting || soFar != moved) {
            waiting = true;
            moved = soFar;
            sinceNanos = now;
        }
        return now - sinceNanos >= timeout.toNanos() ? Optional.of(timeout.toMillis() + " ms") : Optional.empty();
    }
}
