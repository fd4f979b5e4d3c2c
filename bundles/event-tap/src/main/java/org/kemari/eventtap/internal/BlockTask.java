package org.kemari.eventtap.internal;

import org.kemari.virtio.block.BlockRequest;
import org.kemari.virtio.block.BlockStatus;

/** A request of a block device from its ring and back. Reused; guarded by the device's lock, but for its execution. */
final class BlockTask {
    /** Where a request is on its way. */
    enum State {
        /** An output that no release has reached. */
        HELD,
        /** Let out; waits for a write before it that overlaps. */
        BLOCKED,
        /** Let out; waits for a thread. */
        RUNNABLE,
        /** A thread works on it, without the device's lock. */
        EXECUTING,
        /** The disk has failed it; it is kept as it is. */
        FAILED,
        /** Done; its ring is stopped, so the guest doesn't know yet. */
        DONE,
        /** Its device was reset while a thread worked on it; nobody waits for it any more. */
        ABANDONED
    }

    final BlockRequest request = new BlockRequest();
    /** What waits for this write, with {@link TaskList#QUEUE} links. */
    final TaskList waiters = new TaskList(TaskList.QUEUE);

    final BlockTask[] previous = new BlockTask[TaskList.KINDS];
    final BlockTask[] next = new BlockTask[TaskList.KINDS];

    Ring ring;
    State state;
    /** What it waits for while {@link State#BLOCKED}. */
    BlockTask blocker;

    long sequence;
    long takenNanos;
    BlockStatus result;
    /** The disk has failed it, and its failure is not to be told to the guest. */
    boolean toBeKept;
    /** There is room for it in the journal of what runs ahead. */
    boolean ahead;
    /** Number of its entry there; -1: it has none with a payload. */
    int entry = -1;
    /** A read that was not in the page cache: not to be tried by the thread that looks after the rings again. */
    boolean mayBlock;

    boolean isOutput() {
        return request.verdict() == BlockStatus.OK && request.type().isOutput();
    }

    boolean changesDisk() {
        return request.verdict() == BlockStatus.OK && request.type().changesDisk();
    }

    boolean touchesMemoryOrDisk() {
        return request.type() != BlockRequest.Type.FLUSH;
    }

    /** Whether nothing but time is in its way: it is being executed, or will be without a release. */
    boolean isUnderWay() {
        BlockTask task = this;
        while (task.state == State.BLOCKED) {
            task = task.blocker;
        }
        return task.state == State.RUNNABLE || task.state == State.EXECUTING || task.state == State.ABANDONED;
    }
}
