package org.kemari.eventtap.internal;

import java.util.ArrayDeque;

/** Tasks that are not in use. Grows to the most that were ever in flight. Guarded by the device's lock. */
final class TaskPool {
    private final ArrayDeque<BlockTask> free = new ArrayDeque<>();

    BlockTask take() {
        BlockTask task = free.poll();
        return task == null ? new BlockTask() : task;
    }

    void give(BlockTask task) {
        task.ring = null;
        task.blocker = null;
        task.mayBlock = false;
        task.toBeKept = false;
        task.ahead = false;
        task.entry = -1;
        free.push(task);
    }
}
