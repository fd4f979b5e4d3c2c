package org.kemari.eventtap.internal;

/**
 * Keeps overlapping requests in the order in which they were taken from the rings: a read or write waits for the writes
 * before it that touch the same bytes, so that a mirrored copy, on which the same requests are executed one after the
 * other, ends up identical. Everything else overtakes freely.
 *
 * <p>A request waits for one write at a time, the youngest that is in its way, and looks again when that one is done:
 * memory stays bounded by the number of requests whatever the guest does. Guarded by the device's lock.
 */
final class WriteOrder {
    private final TaskList writes = new TaskList(TaskList.WRITES);

    /** Enters a write; writes come in the order of their sequence numbers. */
    void enter(BlockTask write) {
        writes.addLast(write);
    }

    void leave(BlockTask write) {
        writes.remove(write);
    }

    /** The youngest write before this task that overlaps it; {@code null} if nothing is in its way. */
    BlockTask blockerOf(BlockTask task) {
        if (task.request.extents() == 0) {
            return null;
        }
        for (BlockTask write = writes.last(); write != null; write = writes.before(write)) {
            if (write.sequence < task.sequence && write.request.overlaps(task.request)) {
                return write;
            }
        }
        return null;
    }
}
