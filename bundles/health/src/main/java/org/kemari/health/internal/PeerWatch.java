package org.kemari.health.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.kemari.api.health.PathHealth;
import org.kemari.api.health.PeerHealth;
import org.kemari.api.link.Link;
import org.kemari.api.link.LinkService;
import org.kemari.api.stats.LatencySummary;

/**
 * Watches one peer over all its paths. All judging is done on the monitor's thread, in order, with the times at which
 * things were seen.
 */
final class PeerWatch implements PathWatch.Observer {
    static final String CHANNEL = "health";

    private final String peer;
    private final ToIntFunction<String> indexOf;
    private final LinkService links;
    private final Executor monitor;
    private final Consumer<PeerHealth> changed;
    private final PeerDetector detector;

    private final Map<String, PathWatch> paths = new ConcurrentHashMap<>();
    /** The link by which each path is judged; monitor's thread only. What another one still has to say counts no more. */
    private final Map<PathWatch, Link> judged = new ConcurrentHashMap<>();

    private final List<String> stale = new ArrayList<>();
    private Times times;
    private List<String> listed;
    /** Heartbeats on paths that are no longer there. */
    private volatile RoundTrips former = new RoundTrips();

    private volatile boolean stopped;
    private volatile PeerHealth published;

    /**
     * @param addresses the peer's, in the order of the settings
     * @param indexOf index of an address among the peer's in the settings as they are, or -1; called from any thread
     * @param monitor carries out one task after another, in order
     * @param changed told when the peer comes or goes, on the monitor's thread
     */
    PeerWatch(
            String peer,
            List<String> addresses,
            ToIntFunction<String> indexOf,
            LinkService links,
            Times times,
            Executor monitor,
            Consumer<PeerHealth> changed) {
        this.peer = peer;
        this.listed = List.copyOf(addresses);
        this.indexOf = indexOf;
        this.links = links;
        this.times = times;
        this.monitor = monitor;
        this.changed = changed;
        Moment now = Moment.now();
        this.detector = new PeerDetector(peer, listed, times, now);
        this.published = view(now);
    }

    /** Monitor's thread. */
    void start() {
        listed.forEach(this::watch);
    }

    private void watch(String address) {
        PathWatch path = new PathWatch(peer, address, () -> indexOf.applyAsInt(address), links, times, this);
        paths.put(address, path);
        path.start();
    }

    /** Monitor's thread. */
    void follow(List<String> addresses, Times next) {
        times = next;
        detector.setTimes(next);
        paths.values().forEach(path -> path.setTimes(next));
        if (!addresses.equals(listed)) {
            listed = List.copyOf(addresses);
            Moment now = Moment.now();
            paths.values().forEach(path -> path.setRedial(listed.contains(path.address())));
            publish(arrange(now), now);
            listed.stream().filter(address -> !paths.containsKey(address)).forEach(this::watch);
        }
    }

    /** Monitor's thread, every period or more often. */
    void tick(Moment now) {
        boolean news = detector.tick(now, stale);
        for (String address : stale) {
            giveUp(paths.get(address));
        }
        stale.clear();
        if (paths.size() > listed.size()) {
            news |= arrange(now);
        }
        publish(news, now);
    }

    /** A path that is no longer in the settings is kept until one that is there is alive: the peer does not change. */
    private boolean arrange(Moment now) {
        List<String> wanted = new ArrayList<>(listed);
        List<PathDetector> known = detector.paths();
        boolean isListedAlive = known.stream().anyMatch(path -> path.isAlive() && listed.contains(path.address()));
        for (PathDetector path : known) {
            if (!listed.contains(path.address())) {
                if (path.isAlive() && !isListedAlive) {
                    wanted.add(path.address());
                } else {
                    forget(path.address());
                }
            }
        }
        return detector.setPaths(wanted, now);
    }

    private void forget(String address) {
        PathWatch path = paths.remove(address);
        if (path != null) {
            judged.remove(path);
            path.stop();
            former = RoundTrips.sum(List.of(former, path.roundTrips()));
        }
    }

    private void giveUp(PathWatch path) {
        Link link = path == null ? null : judged.remove(path);
        if (link != null) {
            link.close();
        }
    }

    PeerHealth health() {
        PeerHealth p = published;
        RoundTrips all = RoundTrips.sum(roundTrips());
        return new PeerHealth(
                p.peer(),
                p.state(),
                p.reason(),
                p.sinceEpochMillis(),
                p.lastHeardEpochMillis(),
                all.sent(),
                all.received(),
                p.losses(),
                all.summary(),
                p.paths().stream().map(this::withRoundTrip).toList());
    }

    private Collection<RoundTrips> roundTrips() {
        List<RoundTrips> all = new ArrayList<>();
        all.add(former);
        paths.values().forEach(path -> all.add(path.roundTrips()));
        return all;
    }

    private PathHealth withRoundTrip(PathHealth health) {
        PathWatch path = paths.get(health.address());
        return new PathHealth(
                health.address(),
                health.state(),
                health.reason(),
                health.suspicion(),
                health.sinceEpochMillis(),
                health.lastHeardEpochMillis(),
                path == null ? LatencySummary.EMPTY : path.roundTrips().summary());
    }

    void stop() {
        stopped = true;
        paths.values().forEach(PathWatch::stop);
    }

    @Override
    public void connected(PathWatch path, Link link, Moment seen) {
        monitor.execute(() -> {
            if (paths.get(path.address()) == path) {
                judged.put(path, link);
                detector.connected(path.address(), seen);
            }
        });
    }

    @Override
    public void unreachable(PathWatch path, String why) {
        monitor.execute(() -> detector.unreachable(path.address(), why));
    }

    @Override
    public void heard(PathWatch path, Link link, Moment seen) {
        ifJudged(path, link, seen, () -> detector.heard(path.address(), seen));
    }

    @Override
    public void closed(PathWatch path, Link link, Moment seen, String why) {
        ifJudged(path, link, seen, () -> detector.closed(path.address(), seen, why));
    }

    @Override
    public void left(PathWatch path, Link link, Moment seen) {
        ifJudged(path, link, seen, () -> {
            boolean news = detector.left(seen);
            List.copyOf(judged.keySet()).forEach(this::giveUp);
            return news;
        });
    }

    @Override
    public void paused(PathWatch path, Link link, Moment seen) {
        ifJudged(path, link, seen, () -> {
            detector.paused(seen);
            List.copyOf(judged.keySet()).forEach(this::giveUp);
            return false;
        });
    }

    private interface News {
        boolean isNews();
    }

    private void ifJudged(PathWatch path, Link link, Moment seen, News action) {
        monitor.execute(() -> {
            if (judged.get(path) == link && action.isNews()) {
                publish(true, seen);
            }
        });
    }

    private void publish(boolean news, Moment now) {
        published = view(now);
        if (news && !stopped) {
            changed.accept(health());
        }
    }

    private PeerHealth view(Moment now) {
        List<PathHealth> views = new ArrayList<>();
        for (PathDetector path : detector.paths()) {
            views.add(new PathHealth(
                    path.address(),
                    path.state(),
                    path.reason(),
                    path.suspicion(now),
                    path.sinceEpochMillis(),
                    path.lastHeardEpochMillis(),
                    LatencySummary.EMPTY));
        }
        return new PeerHealth(
                peer,
                detector.state(),
                detector.reason(),
                detector.sinceEpochMillis(),
                detector.lastHeardEpochMillis(),
                0,
                0,
                detector.losses(),
                LatencySummary.EMPTY,
                views);
    }
}
