package org.kemari.health.internal;

import java.time.Duration;
import org.kemari.api.health.PeerState;

/**
 * Is the peer alive? Pure: told what happens and when. Used by one thread. Methods that can change the state say whether
 * they did.
 */
final class PeerDetector {
    private final String peer;
    private long periodNanos;
    private long timeoutNanos;

    private PeerState state = PeerState.UNKNOWN;
    private String reason = "not heard of yet";
    private long sinceEpochMillis;
    private long lastHeardEpochMillis;
    private long losses;

    private boolean linked;
    /** When the link was made or the peer was last heard on it. */
    private long lastSignNanos;

    private long lastTickNanos;
    /** The peer is not judged before this moment. */
    private long graceEndNanos;

    private boolean graceGiven;
    private boolean linkStale;

    PeerDetector(String peer, Duration period, Duration timeout, Moment now) {
        this.peer = peer;
        this.sinceEpochMillis = now.epochMillis();
        this.lastTickNanos = now.nanos();
        this.graceEndNanos = now.nanos();
        setTimes(period, timeout);
    }

    void setTimes(Duration period, Duration timeout) {
        periodNanos = period.toNanos();
        timeoutNanos = timeout.toNanos();
    }

    /** A link to the peer has been made; that alone says little. */
    void connected(Moment now) {
        linked = true;
        sign(now);
    }

    /** No link can be made. News only as long as nothing better is known. */
    void unreachable(String why) {
        if (state == PeerState.UNKNOWN) {
            reason = "not heard of yet: " + why;
        }
    }

    boolean heard(Moment now) {
        if (!linked) {
            return false;
        }
        sign(now);
        lastHeardEpochMillis = now.epochMillis();
        return state != PeerState.ALIVE && change(PeerState.ALIVE, "heartbeats arrive", now);
    }

    /** The link has ended by itself. */
    boolean closed(Moment now, String why) {
        linked = false;
        unreachable(why);
        return state == PeerState.ALIVE && change(PeerState.LOST, "the connection ended: " + why, now);
    }

    /** The peer said that it is going. */
    boolean left(Moment now) {
        linked = false;
        return state == PeerState.ALIVE
                && change(PeerState.LOST, "Kemari on " + peer + " was stopped by its operator", now);
    }

    /** To be called every period. */
    boolean tick(Moment now) {
        long late = now.nanos() - lastTickNanos - periodNanos;
        lastTickNanos = now.nanos();
        long silent = now.nanos() - lastSignNanos;
        linkStale = false;
        if (!linked || silent < timeoutNanos) {
            return false;
        }
        if (late > periodNanos && !graceGiven) {
            // It is we who were away (a long collection of garbage, a stopped machine): what the peer said meanwhile is
            // still in the socket. Once only, so that a host that is always late notices a dead peer all the same.
            graceGiven = true;
            graceEndNanos = now.nanos() + 2 * periodNanos;
        }
        if (now.nanos() - graceEndNanos < 0) {
            return false;
        }
        linkStale = true;
        linked = false;
        String why = "silent for " + silent / 1_000_000 + " ms";
        unreachable("connected, but " + why);
        return state == PeerState.ALIVE && change(PeerState.LOST, why, now);
    }

    /** Whether the last tick found that the link is no longer worth waiting for. */
    boolean linkStale() {
        return linkStale;
    }

    private void sign(Moment now) {
        lastSignNanos = now.nanos();
        graceEndNanos = now.nanos();
        graceGiven = false;
    }

    private boolean change(PeerState next, String why, Moment now) {
        if (next == PeerState.LOST) {
            losses++;
        }
        state = next;
        reason = why;
        sinceEpochMillis = now.epochMillis();
        return true;
    }

    PeerState state() {
        return state;
    }

    String reason() {
        return reason;
    }

    long sinceEpochMillis() {
        return sinceEpochMillis;
    }

    long lastHeardEpochMillis() {
        return lastHeardEpochMillis;
    }

    long losses() {
        return losses;
    }
}
