package org.kemari.simulation;

import java.util.Arrays;

/** The virtual clock: what is to happen, in the order of its time. What is due at the same time happens as it was noted. */
public final class Agenda {
    // a binary heap in three arrays: this is where most of the time goes
    private long[] times = new long[256];
    private long[] numbers = new long[256];
    private Runnable[] tasks = new Runnable[256];
    private int size;
    private long nowNanos = 1_000_000_000L;
    private long count;

    public long nowNanos() {
        return nowNanos;
    }

    public void after(long delayNanos, Runnable task) {
        if (size == times.length) {
            times = Arrays.copyOf(times, 2 * size);
            numbers = Arrays.copyOf(numbers, 2 * size);
            tasks = Arrays.copyOf(tasks, 2 * size);
        }
        long time = nowNanos + Math.max(0, delayNanos);
        int at = size++;
        while (at > 0 && times[(at - 1) >> 1] > time) { // of those at the same time this is the last
            move((at - 1) >> 1, at);
            at = (at - 1) >> 1;
        }
        times[at] = time;
        numbers[at] = count++;
        tasks[at] = task;
    }

    /** Does the next thing if it is due by then; otherwise it is then. */
    boolean step(long untilNanos) {
        if (size == 0 || times[0] > untilNanos) {
            nowNanos = untilNanos;
            return false;
        }
        nowNanos = times[0];
        Runnable task = tasks[0];
        removeFirst();
        task.run();
        return true;
    }

    private void removeFirst() {
        int last = --size;
        long time = times[last];
        long number = numbers[last];
        int at = 0;
        int child = 1;
        while (child < size) {
            if (child + 1 < size && isBefore(times[child + 1], numbers[child + 1], child)) {
                child++;
            }
            if (isBefore(time, number, child)) {
                break;
            }
            move(child, at);
            at = child;
            child = 2 * at + 1;
        }
        times[at] = time;
        numbers[at] = number;
        tasks[at] = tasks[last];
        tasks[last] = null;
    }

    private boolean isBefore(long time, long number, int other) {
        return time < times[other] || time == times[other] && number < numbers[other];
    }

    private void move(int from, int to) {
        times[to] = times[from];
        numbers[to] = numbers[from];
        tasks[to] = tasks[from];
    }
}
