package org.kemari.health.internal;

import org.kemari.api.health.PeerState;

/**
 * Is the peer there, by one path alone? Pure: told what happens and when. Used by one thread.
 *
 * <p>A path is alive from the first reply on its link until that link ends or the silence on it becomes too surprising:
 * as {@link Arrivals} says, but never before three heartbeat periods and never later than the silence time-out. Then the
 * link counts no more; a new one has to be made.
 */
final class PathDetector {
    /** How long a monitor may be away to be exchanged. */
    static final long EXCUSE_NANOS = 10_000_000_000L;

    private static final String BEATING = "heartbeats arrive";

    /** A path that we may have been too late to listen to is given so many periods more. */
    private static final int GRACE_PERIODS = 2;

    private final String address;
    private final Arrivals arrivals = new Arrivals();
    private Times times;

    private PeerState state = PeerState.UNKNOWN;
    private String reason = "not heard of yet";
    private long sinceEpochMillis;
    private long lastHeardEpochMillis;

    private boolean linked;
    /** Whether something has been heard on the present link. */
    private boolean heardHere;
    /** When the link was made or the peer was last heard on it. */
    private long lastSignNanos;

    /** Whether we ourselves were away since then: an interval that says nothing about the path. */
    private boolean weWereAway;

    /** Whether nobody answers, by intention, and until when that is no loss. */
    private boolean excused;

    private long excuseEndNanos;

    private boolean graceGiven;
    /** The path is not judged before this moment. */
    private long graceEndNanos;

    PathDetector(String address, Times times, Moment now) {
        this.address = address;
        this.times = times;
        this.sinceEpochMillis = now.epochMillis();
        this.graceEndNanos = now.nanos();
    }

    void setTimes(Times next) {
        if (!next.period().equals(times.period())) {
            arrivals.clear();
        }
        times = next;
    }

    /** A link has been made; that alone says little. */
    void connected(Moment now) {
        linked = true;
        heardHere = false;
        sign(now);
    }

    /** No link can be made. News only as long as nothing better is known. */
    void unreachable(String why) {
        if (state == PeerState.UNKNOWN) {
            reason = "not heard of yet: " + why;
        }
    }

    /** A reply. Of no account without a link. */
    void heard(Moment now) {
        if (!linked) {
            return;
        }
        if (heardHere && !weWereAway) {
            arrivals.add(now.nanos() - lastSignNanos, times.timeoutNanos());
        }
        heardHere = true;
        sign(now);
        lastHeardEpochMillis = now.epochMillis();
        if (excused) {
            excused = false;
            reason = BEATING;
        }
        if (state != PeerState.ALIVE) {
            change(PeerState.ALIVE, BEATING, now);
        }
    }

    /** The link has ended, or has been given up. */
    void closed(Moment now, String why) {
        linked = false;
        unreachable(why);
        if (state == PeerState.ALIVE && !excused) {
            change(PeerState.LOST, why, now);
        }
    }

    /** Nobody answers for a while, by intention: a path that was alive stays so until it is heard of, or for too long not. */
    void paused(Moment now) {
        linked = false;
        if (state == PeerState.ALIVE) {
            excused = true;
            excuseEndNanos = now.nanos() + EXCUSE_NANOS;
            reason = "the health monitor there is being exchanged";
        }
    }

    /** This process did not run for some time: what the peer said meanwhile may still be in the socket. */
    void weWereAway(Moment now) {
        if (now.nanos() - lastSignNanos <= times.periodNanos()) {
            return; // heard of since we are back
        }
        weWereAway = true;
        if (!graceGiven) {
            // Once only, so that a host that is always late notices a dead peer all the same.
            graceGiven = true;
            graceEndNanos = now.nanos() + GRACE_PERIODS * times.periodNanos();
        }
    }

    /**
     * To be called every period at least.
     *
     * @return whether the link is no longer worth waiting for; true once for each link
     */
    boolean tick(Moment now) {
        if (excused && now.nanos() - excuseEndNanos >= 0) {
            excused = false;
            if (!linked) {
                change(PeerState.LOST, reason + " and has not come back", now);
            }
        }
        if (!linked || now.nanos() - graceEndNanos < 0) {
            return false;
        }
        long silent = now.nanos() - lastSignNanos;
        if (!suspicious(silent)) {
            return false;
        }
        String why = "silent for " + silent / 1_000_000 + " ms";
        closed(now, heardHere ? why : "connected, but " + why);
        return true;
    }

    private boolean suspicious(long silent) {
        if (silent >= times.timeoutNanos()) {
            return true;
        }
        // A new link is given the whole time-out: nothing is known of how soon the other end begins to answer.
        return heardHere
                && silent >= Times.PATIENT_PERIODS * times.periodNanos()
                && arrivals.phi(silent, times) >= Arrivals.THRESHOLD;
    }

    private void sign(Moment now) {
        lastSignNanos = now.nanos();
        graceEndNanos = now.nanos();
        graceGiven = false;
        weWereAway = false;
    }

    private void change(PeerState next, String why, Moment now) {
        state = next;
        reason = why;
        sinceEpochMillis = now.epochMillis();
    }

    /** How surprising the present silence is; 0 without a link. */
    double suspicion(Moment now) {
        return linked ? arrivals.phi(now.nanos() - lastSignNanos, times) : 0;
    }

    boolean isAlive() {
        return state == PeerState.ALIVE;
    }

    String address() {
        return address;
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
}
