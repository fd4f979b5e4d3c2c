package org.kemari.eventtap.internal;

import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The requests of a disk on their way from held over runnable and executing to done. It knows nothing of rings, threads or
 * the disk. Guarded by the device's lock.
 */
final class RequestFlow {
    private final TaskList held = new TaskList(TaskList.QUEUE);
    private final TaskList runnable = new TaskList(TaskList.QUEUE);
    private final TaskList failed = new TaskList(TaskList.QUEUE);
    private final WriteOrder order = new WriteOrder();
    private int executing;
    private int moving;
    private int outputsUnderWay;
    private int outputsExecuting;

    /** A request comes in; {@code hold}: it must wait for a release. Requests come in the order of their numbers. */
    void enter(BlockTask task, boolean hold) {
        if (task.changesDisk()) {
            order.enter(task);
        }
        if (hold) {
            task.state = BlockTask.State.HELD;
            held.addLast(task);
        } else {
            letOut(task);
        }
    }

    private void letOut(BlockTask task) {
        if (task.isOutput()) {
            outputsUnderWay++;
        }
        schedule(task);
    }

    private void schedule(BlockTask task) {
        BlockTask blocker = order.blockerOf(task);
        task.blocker = blocker;
        if (blocker == null) {
            task.state = BlockTask.State.RUNNABLE;
            runnable.addLast(task);
        } else {
            task.state = BlockTask.State.BLOCKED;
            blocker.waiters.addLast(task);
        }
    }

    /** Lets out what is held up to a sequence number; each is shown to {@code released}. */
    void letOut(long sequence, Consumer<BlockTask> released) {
        while (!held.isEmpty() && held.first().sequence <= sequence) {
            BlockTask task = held.poll();
            released.accept(task);
            letOut(task);
        }
    }

    /** Lets out those held requests that are chosen, in their order. */
    void letOutIf(Predicate<BlockTask> chosen) {
        BlockTask task = held.first();
        while (task != null) {
            BlockTask after = held.after(task);
            if (chosen.test(task)) {
                held.remove(task);
                letOut(task);
            }
            task = after;
        }
    }

    /** The next request that a thread can execute; {@code null} if there is none. It is not begun. */
    BlockTask peek() {
        return runnable.first();
    }

    /** Begins to execute the next request. */
    BlockTask begin() {
        BlockTask task = runnable.poll();
        count(task);
        return task;
    }

    private void count(BlockTask task) {
        task.state = BlockTask.State.EXECUTING;
        executing++;
        if (task.touchesMemoryOrDisk()) {
            moving++;
        }
        if (task.isOutput()) {
            outputsExecuting++;
        }
    }

    /** It was not executed after all, and is the next one again. */
    void putBack(BlockTask task) {
        stopCounting(task);
        task.state = BlockTask.State.RUNNABLE;
        runnable.addFirst(task);
    }

    /** It has been executed, well or not: what waited for it can go on. */
    void end(BlockTask task) {
        stopCounting(task);
        if (task.isOutput()) {
            outputsUnderWay--;
        }
        if (task.changesDisk()) {
            order.leave(task);
        }
        while (!task.waiters.isEmpty()) {
            schedule(task.waiters.poll());
        }
    }

    private void stopCounting(BlockTask task) {
        executing--;
        if (task.touchesMemoryOrDisk()) {
            moving--;
        }
        if (task.isOutput()) {
            outputsExecuting--;
        }
    }

    /** The disk has failed it: it stays, and what waits for it goes on waiting. */
    void keep(BlockTask task) {
        stopCounting(task);
        if (task.isOutput()) {
            outputsUnderWay--;
        }
        task.state = BlockTask.State.FAILED;
        failed.addLast(task);
    }

    /** A request that was kept, as if it had just been executed; {@code null} if there is none. */
    BlockTask takeKept() {
        BlockTask task = failed.poll();
        if (task != null) {
            count(task);
            if (task.isOutput()) {
                outputsUnderWay++;
            }
        }
        return task;
    }

    /**
     * Drops a request wherever it is.
     *
     * @return {@code false} if a thread works on it, which will {@link #end} it
     */
    boolean drop(BlockTask task) {
        switch (task.state) {
            case HELD -> held.remove(task);
            case BLOCKED -> task.blocker.waiters.remove(task);
            case RUNNABLE -> runnable.remove(task);
            case FAILED -> failed.remove(task);
            case EXECUTING, ABANDONED -> {
                task.state = BlockTask.State.ABANDONED;
                return false;
            }
            case DONE -> {
                return true;
            }
        }
        if (task.isOutput() && task.state != BlockTask.State.HELD && task.state != BlockTask.State.FAILED) {
            outputsUnderWay--;
        }
        if (task.changesDisk()) {
            order.leave(task);
        }
        return true;
    }

    int runnable() {
        return runnable.size();
    }

    int held() {
        return held.size();
    }

    boolean hasHeldAfter(long sequence) {
        return !held.isEmpty() && held.last().sequence > sequence;
    }

    boolean isExecuting() {
        return executing > 0;
    }

    /** Whether a thread moves data between the guest and the disk. */
    boolean isMoving() {
        return moving > 0;
    }

    /** Whether outputs that have been let out will be done; those that wait for one that is kept will not. */
    boolean hasOutputsUnderWay() {
        if (failed.isEmpty() || outputsUnderWay == 0) {
            return outputsUnderWay > 0;
        }
        boolean found = outputsExecuting > 0;
        for (BlockTask task = runnable.first(); task != null && !found; task = runnable.after(task)) {
            found = task.isOutput();
        }
        return found;
    }
}
