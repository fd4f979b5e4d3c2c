package org.kemari.protection.internal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.kemari.api.transfer.OutgoingListener;
import org.kemari.api.transfer.OutgoingRequest;
import org.kemari.api.transfer.OutgoingSession;
import org.kemari.api.transfer.StateTransfer;
import org.kemari.api.transfer.UnreachableException;

/**
 * The outgoing session of a primary: the one that is wanted, and the one that there is. Opening blocks, closing does not;
 * safe for use by many threads.
 */
final class SessionHolder {
    private static final Duration REACH_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration REACH_RETRY = Duration.ofMillis(200);

    private final StateTransfer transfer;
    private final Consumer<Event> events;
    private final ReleaseGate gate;
    private OutgoingSession session;
    private long wanted; // 0: none

    /**
     * @param events told of what the standby says, by its session
     * @param gate told of commits, before
     */
    SessionHolder(StateTransfer transfer, Consumer<Event> events, ReleaseGate gate) {
        this.transfer = transfer;
        this.events = events;
        this.gate = gate;
    }

    synchronized Optional<OutgoingSession> current() {
        return Optional.ofNullable(session);
    }

    /** From now on {@link #open} may open this one. */
    synchronized void want(long number) {
        wanted = number;
    }

    /**
     * Opens a session and keeps it, if it is still wanted by then. A standby that has just been started is given a little
     * time to get there.
     *
     * @return whether it is now the current one
     */
    boolean open(OutgoingRequest request) throws IOException {
        long number = request.session();
        OutgoingListener listener = new OutgoingListener() {
            @Override
            public void committed(long epoch) {
                gate.committed(number, epoch);
                events.accept(new Event.Committed(number, epoch));
            }

            @Override
            public void ended(String why) {
                events.accept(new Event.SessionEnded(number, why));
            }
        };
        long giveUp = System.nanoTime() + REACH_TIMEOUT.toNanos();
        while (true) {
            try {
                return keep(transfer.open(request, listener), number);
            } catch (UnreachableException e) {
                if (System.nanoTime() - giveUp >= 0 || !stillWanted(number)) {
                    throw e;
                }
            }
        }
    }

    private synchronized boolean keep(OutgoingSession opened, long number) {
        if (wanted != number) {
            opened.close();
            return false;
        }
        session = opened;
        return true;
    }

    /** Waits a little; {@code false} as soon as the session is not wanted any more. */
    private synchronized boolean stillWanted(long number) throws InterruptedIOException {
        try {
            if (wanted == number) {
                wait(REACH_RETRY.toMillis());
            }
            return wanted == number;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("Kemari is stopping");
        }
    }

    /** Closes the current session, and the one that is being opened as soon as it is there. */
    synchronized void close() {
        if (session != null) {
            session.close();
        }
        session = null;
        wanted = 0;
        notifyAll();
    }
}
