package org.kemari.eventtap.internal;

/**
 * A list of tasks that needs no memory of its own: the links are in the tasks. A task can be in one list of each kind.
 * Guarded by the device's lock.
 */
final class TaskList {
    /** What was taken from one ring and not completed, in this order. */
    static final int RING = 0;
    /** Writes that are not done, in the order of the device. */
    static final int WRITES = 1;
    /** What waits: for a release, for another task or for a thread. */
    static final int QUEUE = 2;

    static final int KINDS = 3;

    private final int kind;
    private BlockTask first;
    private BlockTask last;
    private int size;

    TaskList(int kind) {
        this.kind = kind;
    }

    void addLast(BlockTask task) {
        task.previous[kind] = last;
        task.next[kind] = null;
        if (last == null) {
            first = task;
        } else {
            last.next[kind] = task;
        }
        last = task;
        size++;
    }

    void addFirst(BlockTask task) {
        task.previous[kind] = null;
        task.next[kind] = first;
        if (first == null) {
            last = task;
        } else {
            first.previous[kind] = task;
        }
        first = task;
        size++;
    }

    void remove(BlockTask task) {
        BlockTask before = task.previous[kind];
        BlockTask after = task.next[kind];
        if (before == null) {
            first = after;
        } else {
            before.next[kind] = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous[kind] = before;
        }
        task.previous[kind] = null;
        task.next[kind] = null;
        size--;
    }

    /** Takes the first task; {@code null} if there is none. */
    BlockTask poll() {
        BlockTask task = first;
        if (task != null) {
            remove(task);
        }
        return task;
    }

    /** The first task; {@code null} if there is none. */
    BlockTask first() {
        return first;
    }

    /** The last task; {@code null} if there is none. */
    BlockTask last() {
        return last;
    }

    /** The task after this one; {@code null} if it is the last. */
    BlockTask after(BlockTask task) {
        return task.next[kind];
    }

    /** The task before this one; {@code null} if it is the first. */
    BlockTask before(BlockTask task) {
        return task.previous[kind];
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return first == null;
    }
}
