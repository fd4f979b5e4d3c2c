package org.kemari.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import org.kemari.simulation.Coverage.Event;

/**
 * A TCP connection between two processes: bytes arrive in order or not at all. What is sent into a partition arrives when
 * that has healed, however late. A process that ends resets its connections; a host without power says nothing until it is
 * asked again.
 */
public final class Connection {
    /** Told on the host that receives, while it is not stopped. */
    public interface Receiver {
        void received(byte[] bytes);

        /** Once; nothing is received afterwards. */
        void ended(String reason);
    }

    private static final long RETRANSMIT_NANOS = 100_000_000L;
    private static final long GIVE_UP_NANOS = 6_000_000_000L;

    /** One of the two. */
    public final class End {
        final Host host;
        private final int incarnation;
        private final int powerOns;
        private Receiver receiver;
        private End other;
        private final Deque<byte[]> inFlight = new ArrayDeque<>(); // to the other
        private final Deque<Object> arrived = new ArrayDeque<>(); // byte[] or String
        private long lastArrivalNanos;
        private boolean stalled;
        private long stalledSinceNanos;
        private boolean closed; // by this end
        private boolean finSent;
        private boolean over; // nothing is received any more

        private End(Host host) {
            this.host = host;
            this.incarnation = host.incarnation();
            this.powerOns = host.powerOns();
        }

        public void setReceiver(Receiver newReceiver) {
            receiver = newReceiver;
        }

        public boolean isOpen() {
            return !closed && !over;
        }

        public String peer() {
            return other.host.name;
        }

        public void send(byte[] bytes) {
            if (isOpen()) {
                put(bytes);
            }
        }

        private void put(byte[] bytes) {
            inFlight.add(bytes);
            long now = world.agenda.nowNanos();
            lastArrivalNanos = Math.max(lastArrivalNanos, now + world.network.delay(path));
            world.agenda.after(lastArrivalNanos - now, this::carry);
        }

        /** What was sent is still delivered, then the other end is told. */
        public void close() {
            if (!closed) {
                closed = true;
                over = true;
                arrived.clear();
                if (!finSent) {
                    finSent = true;
                    put(new byte[0]);
                }
            }
        }

        /** One more piece is due at the other end. */
        private void carry() {
            if (stalled || inFlight.isEmpty()) {
                return;
            }
            if (!world.network.isUp(host.index, other.host.index, path) || !other.host.hasPower()) {
                stalled = true;
                stalledSinceNanos = world.agenda.nowNanos();
                world.agenda.after(RETRANSMIT_NANOS, this::carryAgain);
                return;
            }
            other.arrive(inFlight.poll());
        }

        private void carryAgain() {
            if (world.network.isUp(host.index, other.host.index, path) && other.host.hasPower()) {
                stalled = false;
                while (!inFlight.isEmpty()) {
                    other.arrive(inFlight.poll());
                }
            } else if (world.agenda.nowNanos() - stalledSinceNanos > GIVE_UP_NANOS) {
                inFlight.clear();
                stalled = false;
                end("connection timed out");
            } else {
                world.agenda.after(RETRANSMIT_NANOS, this::carryAgain);
            }
        }

        private void arrive(byte[] bytes) {
            if (host.incarnation() != incarnation) {
                // nobody is there any more who knows this connection
                world.agenda.after(world.network.delay(path), () -> {
                    if (world.network.isUp(host.index, other.host.index, path)) {
                        other.end("connection reset by peer");
                    }
                });
                return;
            }
            if (!over) {
                hand(bytes.length == 0 ? "closed by the other end" : bytes);
            }
        }

        private void end(String reason) {
            if (!over && host.incarnation() == incarnation) {
                hand(reason);
            }
        }

        private void hand(Object what) {
            arrived.add(what);
            long delay = world.dice.chance(0.01) ? world.dice.millis(1, 80) : world.dice.micros(5, 60);
            host.later(delay, this::take);
        }

        private void take() {
            if (over || arrived.isEmpty()) {
                return;
            }
            if (receiver == null) {
                host.later(50_000, this::take); // the process has not taken it from its backlog yet
                return;
            }
            Object next = arrived.poll();
            if (next instanceof byte[] bytes) {
                receiver.received(bytes);
            } else {
                over = true;
                receiver.ended((String) next);
            }
        }
    }

    private final World world;
    private final int path;
    private final End client;
    private final End server;

    /** A connection that has just been made. */
    Connection(World world, int path, Host from, Host to) {
        this.world = world;
        this.path = path;
        this.client = new End(from);
        this.server = new End(to);
        client.other = server;
        server.other = client;
        from.connections.add(this);
        to.connections.add(this);
    }

    End client() {
        return client;
    }

    public End server() {
        return server;
    }

    boolean isOver() {
        return client.over && server.over;
    }

    /** Something on the way resets it: of what is in flight, a part may still arrive. */
    void reset() {
        if (isOver()) {
            return;
        }
        world.coverage.count(Event.RESET_CONNECTIONS);
        reset(client);
        reset(server);
    }

    private void reset(End end) {
        byte[] part = end.other.inFlight.peek();
        if (part != null && part.length > 1 && world.dice.chance(0.7)) {
            byte[] begin = java.util.Arrays.copyOf(part, 1 + world.dice.below(part.length - 1));
            if (!end.over && end.host.incarnation() == end.incarnation) {
                end.hand(begin);
            }
        }
        end.other.inFlight.clear();
        end.other.stalled = false;
        end.end("connection reset");
    }

    /** The process at one end has ended. Its kernel, if it is there, tells the other end. */
    void processEnded(Host host) {
        End gone = client.host == host ? client : server;
        gone.over = true;
        gone.arrived.clear();
        if (!host.hasPower()) {
            return;
        }
        if (world.dice.chance(0.5)) {
            gone.inFlight.clear(); // unsent data is dropped with a reset
            gone.stalled = false;
        }
        gone.finSent = true;
        gone.put(new byte[0]);
    }
}
