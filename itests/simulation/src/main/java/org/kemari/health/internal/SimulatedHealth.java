package org.kemari.health.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.kemari.api.health.PeerState;
import org.kemari.simulation.Coverage.Event;
import org.kemari.simulation.Host;
import org.kemari.simulation.World;

/** Watches one peer with Kemari's detector: heartbeats over all paths of a simulated network. */
public final class SimulatedHealth {
    private static final long PERIOD_NANOS = 100_000_000L;
    private static final long RETRY_NANOS = 200_000_000L;
    private static final Times TIMES = new Times(Duration.ofNanos(PERIOD_NANOS), Duration.ofMillis(500));

    private final World world;
    private final Host self;
    private final Host peer;
    private final int process;
    private final BiConsumer<Boolean, String> changed;
    private final PeerDetector detector;
    private final long[] sent; // by path: the number of the last beat
    private final long[] answered;
    private final int[] linked; // by path: incarnation of the peer that the link leads to; -1: none
    private final List<String> stale = new ArrayList<>();
    private final ByteBuffer frame = ByteBuffer.allocate(Frame.BYTES).order(java.nio.ByteOrder.LITTLE_ENDIAN);

    /** @param changed told whether the peer has come (or gone), and why */
    public SimulatedHealth(Host self, Host peer, BiConsumer<Boolean, String> changed) {
        this.world = self.world;
        this.self = self;
        this.peer = peer;
        this.process = self.incarnation();
        this.changed = changed;
        int paths = world.plan.paths();
        List<String> addresses = paths == 1 ? List.of("0") : List.of("0", "1");
        this.detector = new PeerDetector(peer.name, addresses, TIMES, now());
        this.sent = new long[paths];
        this.answered = new long[paths];
        this.linked = new int[paths];
        for (int path = 0; path < paths; path++) {
            linked[path] = -1;
        }
    }

    public void start() {
        for (int path = 0; path < linked.length; path++) {
            connect(path);
        }
        self.later(process, PERIOD_NANOS, this::tick);
    }

    public boolean isAlive() {
        return detector.state() == PeerState.ALIVE;
    }

    private Moment now() {
        return new Moment(world.agenda.nowNanos(), world.agenda.nowNanos() / 1_000_000);
    }

    private void tick() {
        news(detector.tick(now(), stale));
        for (String path : stale) {
            linked[Integer.parseInt(path)] = -1;
            self.later(process, RETRY_NANOS, () -> connect(Integer.parseInt(path)));
        }
        stale.clear();
        self.later(process, PERIOD_NANOS, this::tick);
    }

    private void news(boolean news) {
        if (!news) {
            return;
        }
        boolean alive = isAlive();
        if (!alive) {
            world.coverage.count(Event.PEERS_LOST);
            if (peer.runsKemari()) {
                world.coverage.count(Event.PEERS_LOST_WRONGLY);
            }
        }
        changed.accept(alive, detector.reason());
    }

    private boolean reaches(Host from, Host to, int path) {
        return to.hasPower() && world.network.isUp(from.index, to.index, path);
    }

    private void connect(int path) {
        if (linked[path] >= 0) {
            return;
        }
        long delay = world.network.delay(path);
        world.agenda.after(delay, () -> {
            boolean made = reaches(self, peer, path) && reaches(peer, self, path) && peer.runsKemari();
            int incarnation = peer.incarnation();
            self.later(process, made ? delay : RETRY_NANOS, () -> {
                if (!made) {
                    detector.unreachable("" + path, "no connection");
                    connect(path);
                } else if (linked[path] < 0) {
                    linked[path] = incarnation;
                    answered[path] = sent[path];
                    detector.connected("" + path, now());
                    beat(path, incarnation);
                }
            });
        });
    }

    private void beat(int path, int incarnation) {
        if (linked[path] != incarnation) {
            return;
        }
        Frame.encode(frame, Frame.Type.BEAT, ++sent[path]);
        long sequence = decode().sequence();
        if (reaches(self, peer, path)) {
            long delay = world.network.delay(path);
            if (peer.incarnation() == incarnation) {
                peer.later(incarnation, delay, () -> reply(path, incarnation, sequence));
            } else {
                world.agenda.after(2 * delay, () -> reset(path, incarnation));
            }
        }
        self.later(process, PERIOD_NANOS, () -> beat(path, incarnation));
    }

    private void reply(int path, int incarnation, long sequence) {
        Frame.encode(frame, Frame.Type.REPLY, sequence);
        long answer = decode().sequence();
        if (reaches(peer, self, path)) {
            self.later(process, world.network.delay(path), () -> hear(path, incarnation, answer));
        }
    }

    private void hear(int path, int incarnation, long sequence) {
        if (linked[path] != incarnation || sequence <= answered[path]) {
            return; // of a former link, or a later one was faster
        }
        answered[path] = sequence;
        news(detector.heard("" + path, now()));
    }

    /** The peer's kernel says that nobody is there any more. */
    private void reset(int path, int incarnation) {
        if (!reaches(peer, self, path)) {
            return;
        }
        self.later(process, world.dice.micros(5, 100), () -> {
            if (linked[path] == incarnation) {
                linked[path] = -1;
                news(detector.closed("" + path, now(), "connection reset"));
                self.later(process, RETRY_NANOS, () -> connect(path));
            }
        });
    }

    /** The peer's process has ended: its kernel closes the links. */
    public void peerProcessEnded(int incarnation) {
        for (int path = 0; path < linked.length; path++) {
            int p = path;
            world.agenda.after(world.network.delay(path), () -> reset(p, incarnation));
        }
    }

    private Frame decode() {
        try {
            return Frame.decode(frame);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
