package org.kemari.itests.lab;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What can happen to hosts and to their cables. A fault lasts until it is closed, or {@link #repairAll} is called, or the
 * laboratory ends. Where no wire is named, all paths between hosts are meant, never the consoles'.
 */
public final class Faults {
    /** A frame sent there reaches nobody. */
    private static final String NOBODY = "02:00:00:00:00:01";

    private final Network network;
    private final Deque<Fault> lasting = new ArrayDeque<>();

    /** Something that has happened; closing it undoes it, once. */
    public interface Fault extends AutoCloseable {
        @Override
        void close();
    }

    Faults(Network network) {
        this.network = network;
    }

    /** The host's cables are pulled. */
    public Fault cut(String host, Wire... wires) {
        network.cut(host, wires);
        return lasting(() -> network.mend(host, wires));
    }

    /** Nothing that the host sends arrives anywhere; it hears everything. */
    public Fault mute(String host, Wire... wires) {
        List<Wire> all = Wire.orPaths(wires);
        all.forEach(wire -> network.inHost(host, drop("add", wire.plug())));
        return lasting(() -> all.forEach(wire -> network.inHost(host, drop("delete", wire.plug()))));
    }

    /** Nothing that is sent to the host arrives there; everything that it sends arrives. */
    public Fault deafen(String host, Wire... wires) {
        List<Wire> all = Wire.orPaths(wires);
        all.forEach(wire -> Shell.run(drop("add", wire.cable(host))));
        return lasting(() -> all.forEach(wire -> Shell.run(drop("delete", wire.cable(host)))));
    }

    /** A queue that has room for nothing: what is sent through the device is lost. */
    private static String drop(String verb, String device) {
        return "tc qdisc " + verb + " dev " + device + " root pfifo limit 0";
    }

    /** What one host sends to another one is lost; the other direction, guests and third hosts are not concerned. */
    public Fault lose(String from, String to, Wire... wires) {
        List<Wire> all = Wire.orPaths(wires);
        all.forEach(wire -> network.inHost(
                from, "ip neigh replace " + neighbour(to, wire) + " lladdr " + NOBODY + " nud permanent"));
        return lasting(() -> all.forEach(wire -> network.inHost(from, "ip neigh delete " + neighbour(to, wire))));
    }

    private String neighbour(String host, Wire wire) {
        return network.address(host, wire) + " dev " + wire.device();
    }

    /** Two hosts do not hear each other; guests and third hosts are not concerned. */
    public Fault part(String one, String other, Wire... wires) {
        return both(lose(one, other, wires), lose(other, one, wires));
    }

    /** The host's cables are bad, in both directions. */
    public Fault slow(String host, Slowness slowness, Wire... wires) {
        return lasting(Wire.orPaths(wires).stream()
                .map(wire -> SlowCable.put(host, wire, slowness))
                .map(Fault.class::cast)
                .reduce(Faults::both)
                .orElseThrow());
    }

    /** These hosts' arbiter does not answer (engine {@code file}; a {@link Witness} has cables of its own). */
    public Fault loseArbiter(KemariHost... hosts) {
        Arrays.asList(hosts).forEach(host -> host.files().reachArbiter(false));
        return lasting(() -> Arrays.asList(hosts).forEach(host -> host.files().reachArbiter(true)));
    }

    /** Everything on the host stands still; it knows nothing of it. */
    public Fault freeze(KemariHost host) {
        host.freeze();
        return lasting(host::thaw);
    }

    /** Several faults as one. */
    public static Fault both(Fault one, Fault other) {
        return () -> {
            try {
                one.close();
            } finally {
                other.close();
            }
        };
    }

    private synchronized Fault lasting(Fault undo) {
        AtomicBoolean open = new AtomicBoolean(true);
        Fault fault = new Fault() {
            @Override
            public void close() {
                if (open.getAndSet(false)) {
                    synchronized (Faults.this) {
                        lasting.remove(this);
                    }
                    undo.close();
                }
            }
        };
        lasting.push(fault);
        return fault;
    }

    /** Undoes whatever has not been undone, the latest first. */
    public void repairAll() {
        while (true) {
            Fault fault;
            synchronized (this) {
                fault = lasting.peek();
            }
            if (fault == null) {
                return;
            }
            fault.close();
        }
    }
}
