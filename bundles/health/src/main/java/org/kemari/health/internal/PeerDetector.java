package org.kemari.health.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kemari.api.health.PeerState;

/**
 * Is the peer alive? It is while any path to it is: a path that breaks or flaps does not make the peer do so. It is lost
 * at the moment at which the last of its paths is, by a reset or by silence. Pure: told what happens and when. Used by one
 * thread. Methods that can change the state of the peer say whether they did.
 */
final class PeerDetector {
    private final String peer;
    /** By address, in the order of the settings. */
    private Map<String, PathDetector> paths = new LinkedHashMap<>();

    private Times times;

    private PeerState state = PeerState.UNKNOWN;
    private String lossReason = "";
    private long sinceEpochMillis;
    private long lastHeardEpochMillis;
    private long losses;

    private long lastTickNanos;

    PeerDetector(String peer, List<String> addresses, Times times, Moment now) {
        this.peer = peer;
        this.times = times;
        this.sinceEpochMillis = now.epochMillis();
        this.lastTickNanos = now.nanos();
        addresses.forEach(address -> paths.put(address, new PathDetector(address, times, now)));
    }

    void setTimes(Times next) {
        times = next;
        paths.values().forEach(path -> path.setTimes(next));
    }

    /**
     * The addresses of the peer are others now. What is known of those that stay is kept; a path that is left out counts
     * no more, so keep one that is alive until another one is.
     */
    boolean setPaths(List<String> addresses, Moment now) {
        Map<String, PathDetector> next = new LinkedHashMap<>();
        for (String address : addresses) {
            PathDetector known = paths.get(address);
            next.put(address, known == null ? new PathDetector(address, times, now) : known);
        }
        paths = next;
        return judge(now);
    }

    /** A link to the peer has been made; that alone says little. */
    void connected(String path, Moment now) {
        PathDetector detector = paths.get(path);
        if (detector != null) {
            detector.connected(now);
        }
    }

    /** No link can be made. News only as long as nothing better is known. */
    void unreachable(String path, String why) {
        PathDetector detector = paths.get(path);
        if (detector != null) {
            detector.unreachable(why);
        }
    }

    boolean heard(String path, Moment now) {
        PathDetector detector = paths.get(path);
        if (detector == null) {
            return false;
        }
        if (isLate(now)) {
            detector.weWereAway(now);
        }
        detector.heard(now);
        if (!detector.isAlive()) {
            return false;
        }
        lastHeardEpochMillis = now.epochMillis();
        return judge(now);
    }

    /** The link has ended by itself. */
    boolean closed(String path, Moment now, String why) {
        PathDetector detector = paths.get(path);
        if (detector == null) {
            return false;
        }
        detector.closed(now, "the connection ended: " + why);
        return judge(now);
    }

    /** The peer said that it is going; by whatever path, it leaves on all. */
    boolean left(Moment now) {
        String why = "Kemari on " + peer + " was stopped by its operator";
        paths.values().forEach(path -> path.closed(now, why));
        if (state != PeerState.ALIVE) {
            return false;
        }
        lose(why, now);
        return true;
    }

    /**
     * The peer said that nobody answers for a while, and that its guests go on: no loss unless it lasts. That the host
     * dies meanwhile shows in the links of its guests' sessions.
     */
    void paused(Moment now) {
        paths.values().forEach(path -> path.paused(now));
    }

    /**
     * To be called every period, or more often.
     *
     * @param stale the addresses whose links are no longer worth waiting for are added to this; nothing counts any more
     *     that is heard on those
     */
    boolean tick(Moment now, Collection<String> stale) {
        // It is we who were away (a long collection of garbage, a stopped machine).
        boolean late = isLate(now);
        lastTickNanos = now.nanos();
        for (PathDetector path : paths.values()) {
            if (late) {
                path.weWereAway(now);
            }
            if (path.tick(now)) {
                stale.add(path.address());
            }
        }
        return judge(now);
    }

    private boolean isLate(Moment now) {
        return now.nanos() - lastTickNanos > 2 * times.periodNanos();
    }

    private boolean judge(Moment now) {
        boolean alive = isAnyAlive();
        if (alive && state != PeerState.ALIVE) {
            state = PeerState.ALIVE;
            sinceEpochMillis = now.epochMillis();
            return true;
        }
        if (!alive && state == PeerState.ALIVE) {
            lose(lossOfAll(), now);
            return true;
        }
        return false;
    }

    private boolean isAnyAlive() {
        for (PathDetector path : paths.values()) {
            if (path.isAlive()) {
                return true;
            }
        }
        return false;
    }

    private void lose(String why, Moment now) {
        state = PeerState.LOST;
        lossReason = why;
        losses++;
        sinceEpochMillis = now.epochMillis();
    }

    private String lossOfAll() {
        if (paths.size() == 1) {
            return paths.values().iterator().next().reason();
        }
        return paths.isEmpty()
                ? "it has no address in the settings"
                : "all " + paths.size() + " paths lost: " + faults();
    }

    /** What is wrong with the paths that are not alive. */
    private String faults() {
        StringBuilder faults = new StringBuilder();
        for (PathDetector path : paths.values()) {
            if (!path.isAlive()) {
                faults.append(faults.isEmpty() ? "" : "; ")
                        .append(path.address())
                        .append(' ')
                        .append(path.reason());
            }
        }
        return faults.toString();
    }

    PeerState state() {
        return state;
    }

    /** Why it is in that state, for people. */
    String reason() {
        return switch (state) {
            case LOST -> lossReason;
            case UNKNOWN -> unknownReason();
            case ALIVE -> aliveReason();
        };
    }

    private String unknownReason() {
        if (paths.size() == 1) {
            return paths.values().iterator().next().reason();
        }
        return paths.isEmpty() ? "it has no address in the settings" : "by no path: " + faults();
    }

    private String aliveReason() {
        int lost = 0;
        for (PathDetector path : paths.values()) {
            lost += path.isAlive() ? 0 : 1;
        }
        if (lost == 0) {
            return paths.size() == 1 ? "heartbeats arrive" : "heartbeats arrive on all " + paths.size() + " paths";
        }
        return lost + " of " + paths.size() + " paths lost: " + faults();
    }

    /** In the order of the settings. */
    List<PathDetector> paths() {
        return new ArrayList<>(paths.values());
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
