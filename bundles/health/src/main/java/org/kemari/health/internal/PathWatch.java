package org.kemari.health.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import org.kemari.api.link.Link;
import org.kemari.api.link.LinkService;

/**
 * Keeps a link to a peer over one of its addresses, beats on it and reads the replies. A thread dials and reads, another
 * one beats. Judges nothing: tells what it sees, on those threads, with the time at which it was seen.
 */
final class PathWatch {
    private static final Duration FIRST_RETRY = Duration.ofMillis(50);
    private static final Duration LAST_RETRY = Duration.ofMillis(500);

    /** Told what happens on a path. What comes from a link that has been given up must not count. */
    interface Observer {
        void connected(PathWatch path, Link link, Moment seen);

        void unreachable(PathWatch path, String why);

        void heard(PathWatch path, Link link, Moment seen);

        void closed(PathWatch path, Link link, Moment seen, String why);

        void left(PathWatch path, Link link, Moment seen);

        void paused(PathWatch path, Link link, Moment seen);
    }

    private final String peer;
    private final String address;
    /** Index of the address in the settings as they are, or -1. */
    private final IntSupplier index;

    private final LinkService links;
    private final Observer observer;
    private final RoundTrips roundTrips = new RoundTrips();
    private final Thread dialler;

    private volatile Times times;
    /** The link in use, for whoever stops. */
    private volatile Link link;

    private volatile boolean redial = true;
    private volatile boolean stopped;

    PathWatch(String peer, String address, IntSupplier index, LinkService links, Times times, Observer observer) {
        this.peer = peer;
        this.address = address;
        this.index = index;
        this.links = links;
        this.times = times;
        this.observer = observer;
        this.dialler = daemon("kemari-health-" + peer + "-" + address, this::dial);
    }

    void start() {
        dialler.start();
    }

    void setTimes(Times next) {
        times = next;
    }

    /** From now on the link is kept as long as it lives, but no other one is made; or one is again. */
    void setRedial(boolean on) {
        redial = on;
    }

    String address() {
        return address;
    }

    RoundTrips roundTrips() {
        return roundTrips;
    }

    void stop() {
        stopped = true;
        Link now = link;
        if (now != null) {
            now.close();
        }
        dialler.interrupt();
    }

    private void dial() {
        Duration retry = FIRST_RETRY;
        while (!stopped) {
            long answersBefore = roundTrips.received();
            try {
                int path = redial ? index.getAsInt() : -1;
                if (path >= 0) {
                    Link made = links.connect(peer, path, PeerWatch.CHANNEL, connectTimeout());
                    try {
                        converse(made);
                    } finally {
                        made.close();
                    }
                }
            } catch (IOException | RuntimeException e) {
                observer.unreachable(this, reason(e));
            }
            boolean wasGood = roundTrips.received() > answersBefore;
            retry = wasGood ? FIRST_RETRY : min(retry.multipliedBy(2), LAST_RETRY);
            if (!stopped) {
                LockSupport.parkNanos(retry.toNanos());
            }
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
        observer.connected(this, made, connected);
        Thread beater = daemon("kemari-health-beat-" + peer + "-" + address, () -> beat(made));
        beater.start();
        try {
            read(made);
        } catch (IOException e) {
            made.close();
            observer.closed(this, made, Moment.now(), reason(e));
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
                    observer.heard(this, from, seen);
                }
                case LEAVING -> {
                    observer.left(this, from, seen);
                    return;
                }
                case PAUSING -> {
                    observer.paused(this, from, seen);
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
                long sequence = roundTrips.next(System.nanoTime());
                to.write(Frame.encode(buffer, Frame.Type.BEAT, sequence));
                LockSupport.parkNanos(times.periodNanos());
            }
        } catch (IOException e) {
            // The reading thread gets the same news and tells it; make sure that it does.
            to.close();
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
