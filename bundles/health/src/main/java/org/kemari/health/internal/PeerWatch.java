package org.kemari.health.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.kemari.api.health.PeerHealth;
import org.kemari.api.link.Link;
import org.kemari.api.link.LinkService;

/**
 * Watches one peer: keeps a link to it, beats, and tells the detector. A thread dials and reads, another one beats; all
 * judging is done on the monitor's thread, in order, with the times at which things were seen.
 */
final class PeerWatch {
    static final String CHANNEL = "health";
    private static final Duration FIRST_RETRY = Duration.ofMillis(50);
    private static final Duration LAST_RETRY = Duration.ofMillis(500);

    /** The times of the settings. */
    record Times(Duration period, Duration timeout) {}

    private final String peer;
    private final LinkService links;
    private final Executor monitor;
    private final Consumer<PeerHealth> changed;
    private final PeerDetector detector;
    private final RoundTrips roundTrips = new RoundTrips();
    private final Thread dialler;

    private volatile Times times;
    /** The link in use, for whoever stops. */
    private volatile Link link;
    /** The link by which the peer is judged; monitor's thread only. What another one still has to say counts no more. */
    private Link judged;

    private volatile boolean stopped;
    private volatile PeerHealth published;

    PeerWatch(String peer, LinkService links, Times times, Executor monitor, Consumer<PeerHealth> changed) {
        this.peer = peer;
        this.links = links;
        this.monitor = monitor;
        this.changed = changed;
        this.times = times;
        this.detector = new PeerDetector(peer, times.period(), times.timeout(), Moment.now());
        this.published = view();
        this.dialler = daemon("kemari-health-" + peer, this::dial);
    }

    void start() {
        dialler.start();
    }

    /** Monitor's thread. */
    void setTimes(Times next) {
        times = next;
        detector.setTimes(next.period(), next.timeout());
    }

    /** Monitor's thread, every period. */
    void tick(Moment now) {
        boolean lost = detector.tick(now);
        if (detector.linkStale()) {
            close(judged);
            judged = null;
        }
        publish(lost);
    }

    PeerHealth health() {
        PeerHealth p = published;
        return new PeerHealth(
                p.peer(),
                p.state(),
                p.reason(),
                p.sinceEpochMillis(),
                p.lastHeardEpochMillis(),
                roundTrips.sent(),
                roundTrips.received(),
                p.losses(),
                roundTrips.summary());
    }

    void stop() {
        stopped = true;
        close(link);
        dialler.interrupt();
    }

    private void dial() {
        Duration retry = FIRST_RETRY;
        while (!stopped) {
            long answersBefore = roundTrips.received();
            try {
                Link made = links.connect(peer, CHANNEL, connectTimeout());
                try {
                    converse(made);
                } finally {
                    made.close();
                }
            } catch (IOException | RuntimeException e) {
                String why = reason(e);
                onMonitor(() -> detector.unreachable(why));
            }
            boolean wasGood = roundTrips.received() > answersBefore;
            retry = wasGood ? FIRST_RETRY : min(retry.multipliedBy(2), LAST_RETRY);
            LockSupport.parkNanos(retry.toNanos());
        }
    }

    private Duration connectTimeout() {
        Duration timeout = times.timeout();
        return timeout.compareTo(LAST_RETRY) < 0 ? LAST_RETRY : timeout;
    }

    private void converse(Link made) {
        roundTrips.newLink();
        Moment connected = Moment.now();
        link = made;
        if (stopped) {
            return;
        }
        onMonitor(() -> {
            judged = made;
            detector.connected(connected);
        });
        Thread beater = daemon("kemari-health-beat-" + peer, () -> beat(made));
        beater.start();
        try {
            read(made);
        } catch (IOException e) {
            made.close();
            Moment seen = Moment.now();
            String why = reason(e);
            onMonitorIfJudged(made, () -> detector.closed(seen, why));
        } finally {
            LockSupport.unpark(beater);
        }
    }

    private void read(Link from) throws IOException {
        ByteBuffer buffer = Frame.buffer();
        while (true) {
            from.readFully(buffer.clear());
            Frame frame = Frame.decode(buffer.flip());
            Moment seen = Moment.now();
            switch (frame.type()) {
                case REPLY -> {
                    roundTrips.reply(frame.sequence(), seen.nanos());
                    onMonitorIfJudged(from, () -> detector.heard(seen));
                }
                case LEAVING -> {
                    onMonitorIfJudged(from, () -> detector.left(seen));
                    return;
                }
                case BEAT -> throw new IOException("a heartbeat where only replies are expected");
            }
        }
    }

    private void beat(Link to) {
        ByteBuffer buffer = Frame.buffer();
        try {
            while (!stopped && to.isOpen()) {
                to.write(Frame.encode(buffer, Frame.Type.BEAT, roundTrips.next(System.nanoTime())));
                LockSupport.parkNanos(times.period().toNanos());
            }
        } catch (IOException e) {
            // The reading thread gets the same news and tells it; make sure that it does.
            to.close();
        }
    }

    private void onMonitorIfJudged(Link from, BooleanAction action) {
        monitor.execute(() -> {
            if (judged == from) {
                publish(action.run());
            }
        });
    }

    private void onMonitor(Runnable action) {
        monitor.execute(() -> {
            action.run();
            publish(false);
        });
    }

    private interface BooleanAction {
        boolean run();
    }

    private void publish(boolean news) {
        published = view();
        if (news && !stopped) {
            changed.accept(health());
        }
    }

    private PeerHealth view() {
        return new PeerHealth(
                peer,
                detector.state(),
                detector.reason(),
                detector.sinceEpochMillis(),
                detector.lastHeardEpochMillis(),
                0,
                0,
                detector.losses(),
                org.kemari.api.stats.LatencySummary.EMPTY);
    }

    private static void close(Link link) {
        if (link != null) {
            link.close();
        }
    }

    private static String reason(Exception e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }
}
