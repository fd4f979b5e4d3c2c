package org.kemari.protection.internal;

import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of a controller: takes events from its mailbox, feeds them to the state machine and carries out what
 * that wants done. Everything that a machine touches happens on this thread.
 */
final class Conductor {
    private static final Logger LOG = LoggerFactory.getLogger(Conductor.class);

    /** What a conductor conducts. */
    interface Score {
        List<Action> handle(Event event, long nowNanos);

        long deadlineNanos();

        void perform(Action action);

        /** An action has failed in a way that nobody has foreseen. */
        void failed();

        /** After the actions of one event have been performed. */
        void afterEvent();

        /** Whether the machine has come to its end; nothing more is handled then. */
        boolean isOver();
    }

    private final LinkedBlockingQueue<Event> mailbox = new LinkedBlockingQueue<>();
    private final Score score;
    private final LongSupplier clock;
    private final Thread thread;
    private volatile boolean closed;

    Conductor(String name, Score score, LongSupplier clock) {
        this.score = score;
        this.clock = clock;
        this.thread = new Thread(this::run, "kemari-conductor-" + name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Safe from any thread; never blocks. */
    void post(Event event) {
        mailbox.add(event);
    }

    /** Handles no further event. */
    void close() {
        closed = true;
        mailbox.add(new Event.Tick());
    }

    private void run() {
        while (!closed) {
            try {
                Event event = next();
                if (closed) {
                    return;
                }
                perform(score.handle(event, clock.getAsLong()));
                score.afterEvent();
                if (score.isOver()) {
                    return;
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException | Error e) {
                LOG.error("{}: an event could not be handled; outputs stay held where they are", thread.getName(), e);
            }
        }
    }

    /**
     * The list is the machine's own; performing may not re-enter the machine. After a failure that nobody has foreseen
     * nothing more is begun, but what is to end is ended: the machine counts on that.
     */
    private void perform(List<Action> actions) {
        boolean failed = false;
        for (Action action : actions) {
            if (failed && !action.ends()) {
                continue;
            }
            try {
                score.perform(action);
            } catch (RuntimeException | Error e) {
                // also memory that has been taken away below a mapping (InternalError): the guest waits for this thread
                failed = true;
                LOG.error("{}: {} failed", thread.getName(), action, e);
            }
        }
        if (failed) {
            score.failed();
        }
    }

    private Event next() throws InterruptedException {
        long deadline = score.deadlineNanos();
        if (deadline == Long.MAX_VALUE) {
            return mailbox.take();
        }
        Event event = mailbox.poll(deadline - clock.getAsLong(), TimeUnit.NANOSECONDS);
        return event == null ? new Event.Tick() : event;
    }
}
