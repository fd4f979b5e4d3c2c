package org.kemari.protection.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.kemari.simulation.Host;

/**
 * One thread's worth of events and actions, as {@link Conductor}: an event is handled and its actions are performed before
 * the next one is looked at. An action that blocks says so with {@link #block} and ends with {@link #unblock}.
 */
final class SimulatedConductor {
    /** What is conducted. */
    interface Score {
        List<Action> handle(Event event, long nowNanos);

        void perform(Action action);

        long deadlineNanos();
    }

    private static final Event TICK = new Event.Tick();

    private final Host host;
    private final Score score;
    private final Deque<Event> inbox = new ArrayDeque<>();
    private final Deque<Action> actions = new ArrayDeque<>();
    private boolean blocked;
    private boolean closed;
    private boolean turning;
    private long tickAtNanos = Long.MAX_VALUE;

    SimulatedConductor(Host host, Score score) {
        this.host = host;
        this.score = score;
    }

    void post(Event event) {
        if (closed) {
            return;
        }
        inbox.add(event);
        wake();
    }

    private void wake() {
        if (!turning && !blocked && !closed && !(inbox.isEmpty() && actions.isEmpty())) {
            turning = true;
            host.later(host.world.dice.micros(2, 60), this::turn);
        }
    }

    private void turn() {
        turning = false;
        if (closed || blocked) {
            return;
        }
        if (actions.isEmpty()) {
            Event event = inbox.poll();
            if (event != null) {
                handle(event);
            }
        }
        perform();
        wake();
    }

    private void handle(Event event) {
        if (host.world.trace.on() && event != TICK) {
            host.world.trace.say(host + " < " + event);
        }
        actions.addAll(score.handle(event, host.world.agenda.nowNanos()));
        arm();
    }

    private void perform() {
        while (!actions.isEmpty() && !blocked && !closed) {
            Action action = actions.poll();
            if (host.world.trace.on()) {
                host.world.trace.say(host + " > " + action);
            }
            score.perform(action);
        }
    }

    private void arm() {
        long deadline = score.deadlineNanos();
        if (deadline == Long.MAX_VALUE) {
            return;
        }
        long now = host.world.agenda.nowNanos();
        if (tickAtNanos != Long.MAX_VALUE && tickAtNanos <= deadline && tickAtNanos > now) {
            return;
        }
        tickAtNanos = deadline;
        host.later(deadline - now, () -> {
            if (tickAtNanos == deadline) {
                tickAtNanos = Long.MAX_VALUE;
                post(TICK);
            }
        });
    }

    void block() {
        blocked = true;
    }

    void unblock() {
        blocked = false;
        wake();
    }

    void close() {
        closed = true;
        inbox.clear();
        actions.clear();
    }

    boolean isClosed() {
        return closed;
    }
}
