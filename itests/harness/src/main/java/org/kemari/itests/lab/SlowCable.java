package org.kemari.itests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import org.kemari.linux.IoVectors;
import org.kemari.linux.NativeMemory;
import org.kemari.linux.Poller;
import org.kemari.linux.TapDevice;

/**
 * Takes a host's cable off its switch and carries every frame between the two by hand, late, or not at all. The kernel's
 * own way ({@code netem}) is not there in every kernel, and not repeatable.
 *
 * <pre>
 *   host ── cable ── bridge of its own ── TAP ── this ── TAP ── switch
 * </pre>
 */
final class SlowCable implements Faults.Fault {
    /** Frames that are under way in one direction; more are lost, as in any queue. */
    private static final int MOST_UNDER_WAY = 1000;

    private static final int LARGEST_FRAME = 1 << 16;
    private static final long IDLE_MILLIS = 1000;
    private static final long END_MILLIS = 5000;

    /** A frame that is to arrive. */
    private record Frame(byte[] bytes, long dueNanos) {}

    /** One direction. */
    private final class Direction {
        private final TapDevice from;
        private final TapDevice to;
        private final Random random;
        private final Queue<Frame> underWay = new ArrayDeque<>();
        private long freeNanos = System.nanoTime();
        private long lastDueNanos = freeNanos;

        Direction(TapDevice from, TapDevice to, long seed) {
            this.from = from;
            this.to = to;
            this.random = new Random(seed);
        }

        void read() throws IOException {
            vectors.clear();
            vectors.add(memory, 0, LARGEST_FRAME);
            for (int length = from.read(vectors); length > 0; length = from.read(vectors)) {
                byte[] bytes = new byte[length];
                memory.buffer(0, length).get(bytes);
                accept(bytes, System.nanoTime());
            }
        }

        private void accept(byte[] bytes, long now) {
            boolean lost = random.nextDouble() < slowness.loss();
            long jitter = slowness.jitter().toNanos();
            long chance = jitter == 0 ? 0 : random.nextLong(2 * jitter + 1) - jitter;
            if (lost || underWay.size() >= MOST_UNDER_WAY) {
                return;
            }
            freeNanos = Math.max(freeNanos, now);
            if (slowness.bytesPerSecond() > 0) {
                freeNanos += bytes.length * 1_000_000_000L / slowness.bytesPerSecond();
            }
            lastDueNanos = Math.max(lastDueNanos, freeNanos + slowness.delay().toNanos() + chance);
            underWay.add(new Frame(bytes, lastDueNanos));
        }

        /** Delivers what is due; returns the nanoseconds until the next, or a long time. */
        long deliver() throws IOException {
            while (!underWay.isEmpty()) {
                long wait = underWay.element().dueNanos() - System.nanoTime();
                if (wait > 0) {
                    return wait;
                }
                byte[] bytes = underWay.remove().bytes();
                memory.buffer(0, bytes.length).put(bytes);
                vectors.clear();
                vectors.add(memory, 0, bytes.length);
                // a frame that the device has no room for is lost
                to.write(vectors);
            }
            return IDLE_MILLIS * 1_000_000;
        }
    }

    private final Wire wire;
    private final String cable;
    private final String bridge;
    private final Slowness slowness;
    private final TapDevice inner;
    private final TapDevice outer;
    private final Poller poller = new Poller();
    private final NativeMemory memory = NativeMemory.allocate(LARGEST_FRAME);
    private final IoVectors vectors = new IoVectors(1);
    private final List<Direction> directions = new ArrayList<>();
    private final Thread thread;
    private volatile boolean ending;

    private SlowCable(String host, Wire wire, Slowness slowness) throws IOException {
        this.wire = wire;
        this.cable = wire.cable(host);
        this.bridge = "sb" + wire.ordinal() + "-" + host;
        this.slowness = slowness;
        Shell.run("ip link add " + bridge + " type bridge stp_state 0 forward_delay 0");
        this.inner = port("si" + wire.ordinal() + "-" + host, bridge);
        this.outer = port("so" + wire.ordinal() + "-" + host, wire.bridge());
        directions.add(new Direction(inner, outer, slowness.seed()));
        directions.add(new Direction(outer, inner, slowness.seed() + 1));
        poller.add(inner.fd(), 0);
        poller.add(outer.fd(), 1);
        this.thread = new Thread(this::carry, "kemari-" + bridge);
        this.thread.setDaemon(true);
    }

    private static TapDevice port(String name, String bridge) throws IOException {
        TapDevice device = TapDevice.open(name);
        device.joinBridge(bridge);
        device.setUp(true);
        return device;
    }

    /** Makes a cable slow until this is closed. */
    static SlowCable put(String host, Wire wire, Slowness slowness) {
        try {
            SlowCable slow = new SlowCable(host, wire, slowness);
            slow.thread.start();
            Shell.run("ip link set " + slow.bridge + " up");
            Shell.run("ip link set " + slow.cable + " master " + slow.bridge);
            return slow;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void carry() {
        long[] ready = new long[2];
        try {
            while (!ending) {
                long wait = Long.MAX_VALUE;
                for (Direction direction : directions) {
                    wait = Math.min(wait, direction.deliver());
                }
                int count = poller.await(ready, (int) Math.max(1, wait / 1_000_000));
                for (int i = 0; i < count; i++) {
                    directions.get((int) ready[i]).read();
                }
            }
        } catch (IOException e) {
            System.err.println("kemari: the slow cable " + cable + " is cut: " + e);
        }
    }

    @Override
    public void close() {
        Shell.run("ip link set " + cable + " master " + wire.bridge());
        ending = true;
        try {
            poller.wakeup();
            thread.join(END_MILLIS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        inner.close();
        outer.close();
        poller.close();
        vectors.close();
        memory.close();
        Shell.run("ip link delete " + bridge);
    }
}
