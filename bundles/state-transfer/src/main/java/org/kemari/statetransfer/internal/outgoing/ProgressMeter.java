package org.kemari.statetransfer.internal.outgoing;

import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.kemari.api.transfer.SyncProgress;

/** Counts how far a full sync is, and tells it a few times a second. One thread; {@link #progress} from any. */
final class ProgressMeter {
    private static final long TELL_NANOS = 200_000_000L;
    private static final long SPEED_WINDOW_NANOS = 2_000_000_000L;

    private final LongSupplier nanoTime;
    private final LongSupplier bytesSent;
    private final Consumer<SyncProgress> listener;
    private String phase = "memory and disks";
    private int round = 1;
    private long done;
    private long total;
    private long toldAt;
    private long windowBegin;
    private long windowDone;
    private long speed;
    private volatile SyncProgress latest = SyncProgress.NONE;

    /** @param bytesSent what has gone over the link so far */
    ProgressMeter(LongSupplier nanoTime, LongSupplier bytesSent, Consumer<SyncProgress> listener) {
        this.nanoTime = nanoTime;
        this.bytesSent = bytesSent;
        this.listener = listener;
        this.windowBegin = nanoTime.getAsLong();
        this.toldAt = windowBegin;
    }

    /** A round begins in which there is this much to look at. */
    void round(int number, long bytes) {
        round = number;
        total = done + bytes;
        tell(nanoTime.getAsLong());
    }

    void phase(String name) {
        phase = name;
        tell(nanoTime.getAsLong());
    }

    /** This much has been looked at. */
    void advance(long bytes) {
        done += bytes;
        long now = nanoTime.getAsLong();
        if (now - toldAt >= TELL_NANOS) {
            tell(now);
        }
    }

    SyncProgress progress() {
        return latest;
    }

    private void tell(long now) {
        toldAt = now;
        long elapsed = now - windowBegin;
        if (elapsed >= TELL_NANOS) {
            speed = (long) ((done - windowDone) * 1e9 / elapsed);
        }
        if (elapsed >= SPEED_WINDOW_NANOS) {
            windowBegin = now;
            windowDone = done;
        }
        long left = Math.max(0, total - done);
        long estimate = left == 0 ? 0 : speed == 0 ? -1 : left * 1000 / speed;
        latest = new SyncProgress(phase, round, done, Math.max(total, done), bytesSent.getAsLong(), speed, estimate);
        listener.accept(latest);
    }
}
