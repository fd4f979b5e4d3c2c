package org.kemari.eventtap.internal;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * The lock of one device. It is never held while something may block, and what there is to tell the domain is told when it
 * has been given back, so that a listener may call whatever it likes.
 */
final class DeviceMonitor {
    private static final int YIELDS = 50;

    private final String device;
    private final DeviceEvents events;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean outputHeld;
    private String broken = "";
    private String diskFailed = "";

    DeviceMonitor(String device, DeviceEvents events) {
        this.device = device;
        this.events = events;
    }

    void lock() {
        lock.lock();
    }

    /**
     * Lets those who wait have the lock first. Call without it, on a thread that takes it again and again: the lock is not
     * fair by itself, and the hypervisor may be among those who wait.
     */
    void giveWay() {
        for (int i = 0; i < YIELDS && lock.hasQueuedThreads(); i++) {
            Thread.yield();
        }
    }

    /** Unlocks, and tells what there is to tell. */
    void unlock() {
        boolean outermost = lock.getHoldCount() == 1;
        boolean tellHeld = outermost && outputHeld;
        String reason = outermost ? broken : "";
        String failure = outermost ? diskFailed : "";
        if (outermost) {
            outputHeld = false;
            broken = "";
            diskFailed = "";
        }
        lock.unlock();
        if (tellHeld) {
            events.outputHeld();
        }
        if (!reason.isEmpty()) {
            events.broken(device, reason);
        }
        if (!failure.isEmpty()) {
            events.diskFailed(device, failure);
        }
    }

    Condition newCondition() {
        return lock.newCondition();
    }

    /** Something has come to an end, for which somebody may be waiting. With the lock held. */
    void signalChange() {
        changed.signalAll();
    }

    /**
     * Waits, with the lock given up meanwhile, until a condition holds. An interruption does not end it, but is kept.
     *
     * @return {@code false} if it did not come about in time
     */
    boolean await(BooleanSupplier condition, long nanos) {
        boolean interrupted = false;
        long left = nanos;
        while (!condition.getAsBoolean() && left > 0) {
            try {
                left = changed.awaitNanos(left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return condition.getAsBoolean();
    }

    /** With the lock held. */
    void tellOutputHeld() {
        outputHeld = true;
    }

    /** With the lock held. */
    void tellBroken(String reason) {
        broken = reason;
    }

    /** With the lock held. */
    void tellDiskFailed(String reason) {
        diskFailed = reason;
    }
}
