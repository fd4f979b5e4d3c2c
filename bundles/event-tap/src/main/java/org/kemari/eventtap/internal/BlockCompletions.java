package org.kemari.eventtap.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.kemari.api.tap.InFlight;
import org.kemari.virtio.block.BlockStatus;
import org.kemari.virtio.vhostuser.InflightQueue;

/**
 * What a disk has taken from its rings and not given back: in the order of each ring, and in the record that the front end
 * keeps. Guarded by the device's lock.
 */
final class BlockCompletions {
    private final GuestState guest;
    private final TaskPool pool;
    private final BlockCounters counters;
    private int inFlight;

    BlockCompletions(GuestState guest, TaskPool pool, BlockCounters counters) {
        this.guest = guest;
        this.pool = pool;
        this.counters = counters;
    }

    /** A request has been taken from its ring. */
    void taken(BlockTask task) {
        task.ring.inFlight.addLast(task);
        inFlight++;
        if (guest.inflight().isPresent()) {
            record(task.ring).taken(task.request.head());
        }
    }

    private InflightQueue record(Ring ring) {
        return guest.inflight().orElseThrow().queue(ring.index);
    }

    /** A request is done; the driver is told as soon as its ring is there. */
    void done(BlockTask task, BlockStatus status) {
        task.result = status;
        task.state = BlockTask.State.DONE;
        if (task.ring.takesCompletions()) {
            complete(task);
        }
    }

    /** Tells the driver what was done while its ring stood still. */
    void resumed(Ring ring) {
        BlockTask task = ring.inFlight.first();
        while (task != null) {
            BlockTask after = ring.inFlight.after(task);
            if (task.state == BlockTask.State.DONE) {
                complete(task);
            }
            task = after;
        }
    }

    private void complete(BlockTask task) {
        Ring ring = task.ring;
        int head = task.request.head();
        boolean recorded = guest.inflight().isPresent();
        counters.completed(task.request, task.result);
        long length = task.request.complete(task.result);
        if (recorded) {
            record(ring).completing(head);
        }
        ring.queue.pushUsed(head, length);
        ring.queue.publish();
        if (recorded) {
            record(ring).completed(ring.queue.usedIndex());
        }
        ring.published = true;
        ring.inFlight.remove(task);
        inFlight--;
        pool.give(task);
    }

    /** Takes the oldest request of a ring out, without telling anybody; {@code null} if there is none. */
    BlockTask forget(Ring ring) {
        BlockTask task = ring.inFlight.poll();
        if (task != null) {
            inFlight--;
        }
        return task;
    }

    int inFlight() {
        return inFlight;
    }

    /** What is in flight in a ring, in order. */
    static List<InFlight> list(Ring ring, ToLongFunction<BlockTask> number) {
        List<InFlight> list = new ArrayList<>(ring.inFlight.size());
        for (BlockTask task = ring.inFlight.first(); task != null; task = ring.inFlight.after(task)) {
            list.add(new InFlight(task.request.head(), number.applyAsLong(task)));
        }
        return list;
    }

    /** Shows what changes the disk, or will, and has not been executed. */
    static void forEachPendingChange(Ring ring, Consumer<BlockTask> action) {
        for (BlockTask task = ring.inFlight.first(); task != null; task = ring.inFlight.after(task)) {
            if (task.changesDisk() && task.state != BlockTask.State.DONE) {
                action.accept(task);
            }
        }
    }

    /** Whether nothing of a ring is under way without waiting for a release. */
    static boolean isDrained(Ring ring) {
        for (BlockTask task = ring.inFlight.first(); task != null; task = ring.inFlight.after(task)) {
            if (task.isUnderWay()) {
                return false;
            }
        }
        return true;
    }
}
