package org.kemari.eventtap.internal;

import java.io.IOException;
import java.util.concurrent.locks.Condition;
import org.kemari.linux.ActiveRegions;
import org.kemari.virtio.block.BlockRequest;

/**
 * Has regions of a disk made active in its change log before something runs ahead in them, on a thread of its own: what
 * touches one that is not yet active is held meanwhile, like what there is no room for, and everything else goes on. If the
 * log cannot be written any more, it is held until its checkpoint is committed. Guarded by the device's lock.
 */
final class RegionKeeper implements AutoCloseable {
    /** At least this long between two looks at what could be given up. */
    private static final long LOOK_NANOS = 1_000_000_000L;

    private final BlockDevice device;
    private final ActiveRegions regions;
    private final Condition work;
    private final Thread thread;
    private long lookedNanos = System.nanoTime();
    private boolean look;
    private boolean busy;
    private boolean failed;
    private boolean closed;

    RegionKeeper(BlockDevice device, ActiveRegions regions) {
        this.device = device;
        this.regions = regions;
        this.work = device.newCondition();
        this.thread = new Thread(this::run, "kemari-regions-" + device.threadName);
        thread.setDaemon(true);
        thread.start();
    }

    /** Whether a request may run ahead; if not, that is made so. */
    boolean admits(BlockTask task) {
        BlockRequest request = task.request;
        boolean covered = true;
        for (int i = 0; i < request.extents(); i++) {
            if (!regions.cover(request.extentOffset(i), request.extentLength(i))) {
                covered = false;
                if (!failed) {
                    regions.want(request.extentOffset(i), request.extentLength(i));
                    work.signal();
                }
            }
        }
        return covered;
    }

    /** Whether it is at work: then what is held is looked at again before long. */
    boolean isBusy() {
        return !failed && (busy || regions.areWanted());
    }

    /** A checkpoint begins. */
    void checkpointBegins() {
        if (regions.areMany() && System.nanoTime() - lookedNanos > LOOK_NANOS) {
            look = true;
            work.signal();
        }
    }

    private void run() {
        while (begin()) {
            boolean well = renew();
            device.withLock(() -> {
                busy = false;
                failed = !well;
                device.admitHeld();
            });
        }
    }

    /** Waits for something to do; {@code false}: there is nothing more. */
    private boolean begin() {
        device.lock();
        try {
            while (!closed && (failed || !(look || regions.areWanted()))) {
                work.awaitUninterruptibly();
            }
            look = false;
            lookedNanos = System.nanoTime();
            busy = true;
            return !closed;
        } finally {
            device.unlock();
        }
    }

    private boolean renew() {
        try {
            regions.renew();
            return true;
        } catch (IOException | RuntimeException e) {
            device.log.warn(
                    "{}: what is written in new places waits for checkpoints, its change log fails", device.id, e);
            return false;
        }
    }

    /** Returns when the log is not used any more. Without the lock. */
    @Override
    public void close() {
        device.withLock(() -> {
            closed = true;
            work.signal();
        });
        Threads.join(thread);
    }
}
