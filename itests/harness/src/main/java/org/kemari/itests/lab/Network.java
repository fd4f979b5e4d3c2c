package org.kemari.itests.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Switches, one for each {@link Wire}, and the hosts on them. The switches are bridges in the network namespace of this
 * process, with an address of its own for the clients and for consoles. A host is a namespace with a cable to each switch;
 * that of the LAN is in a bridge {@code br0}, which carries the host's address and the TAP devices of its guests.
 */
public final class Network implements AutoCloseable {
    /** Prefix of every address on the LAN: 198.18.0.0/15 is set apart for measurements. */
    public static final String PREFIX = "198.18.7.";

    public static final int PREFIX_BITS = 24;
    public static final String HOST_BRIDGE = "br0";
    private static final int FIRST_HOST = 11;
    /** An interface's name has at most 15 characters. */
    private static final int LONGEST_NAME = 11;

    private final Map<String, Integer> numbers = new LinkedHashMap<>();

    Network() {
        for (Wire wire : Wire.values()) {
            Shell.run("ip link add " + wire.bridge() + " type bridge stp_state 0 forward_delay 0");
            if (wire != Wire.LINK) {
                Shell.run("ip address add " + wire.address(1) + "/" + PREFIX_BITS + " dev " + wire.bridge());
            }
            Shell.run("ip link set " + wire.bridge() + " up");
        }
    }

    /** Adds a host and returns its address on the LAN. */
    public synchronized String addHost(String name) {
        if (!numbers.containsKey(name)) {
            if (name.length() > LONGEST_NAME) {
                throw new IllegalArgumentException("the name " + name + " is too long for interfaces named after it");
            }
            numbers.put(name, FIRST_HOST + numbers.size());
            Shell.run("ip netns add " + name);
            inHost(name, "ip link set lo up");
            inHost(name, "ip link add " + HOST_BRIDGE + " type bridge stp_state 0 forward_delay 0");
            for (Wire wire : Wire.values()) {
                plugIn(name, wire);
            }
        }
        return address(name);
    }

    private void plugIn(String host, Wire wire) {
        String cable = wire.cable(host);
        // Not one by chance: it might be higher than those of guests' TAP devices, as no network card's is, and the
        // host's
        // bridge, which takes the lowest of its ports', would change its address whenever a guest comes or goes.
        String mac = "02:4b:45:4d:%02x:%02x".formatted(numbers.get(host), wire.ordinal());
        Shell.run(
                "ip link add " + cable + " type veth peer name " + wire.plug() + " address " + mac + " netns " + host);
        Shell.run("ip link set " + cable + " master " + wire.bridge() + " up");
        if (!wire.plug().equals(wire.device())) {
            inHost(host, "ip link set " + wire.plug() + " master " + wire.device() + " up");
        }
        inHost(host, "ip address add " + address(host, wire) + "/" + PREFIX_BITS + " dev " + wire.device());
        inHost(host, "ip link set " + wire.device() + " up");
    }

    /** A host's address on the LAN. */
    public String address(String host) {
        return address(host, Wire.LAN);
    }

    public synchronized String address(String host, Wire wire) {
        return wire.address(numbers.get(host));
    }

    /** The words that make a command run in a host. */
    public List<String> command(String host, List<String> command) {
        List<String> words = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + host, "--"));
        words.addAll(command);
        return words;
    }

    public String inHost(String host, String command) {
        return Shell.run(command(host, List.of(command.split(" "))));
    }

    /**
     * Pulls the host's cables, those to other hosts and to clients unless it is said which: nothing is heard from it any
     * more, not even that connections end.
     */
    public void cut(String host, Wire... wires) {
        Wire.orPaths(wires).forEach(wire -> Shell.run("ip link set " + wire.cable(host) + " down"));
    }

    /** Puts the cables back. */
    public void mend(String host, Wire... wires) {
        Wire.orPaths(wires).forEach(wire -> Shell.run("ip link set " + wire.cable(host) + " up"));
    }

    @Override
    public synchronized void close() {
        for (String host : numbers.keySet()) {
            Shell.tryRun(List.of("ip", "netns", "delete", host));
        }
        numbers.clear();
        for (Wire wire : Wire.values()) {
            Shell.tryRun(List.of("ip", "link", "delete", wire.bridge()));
        }
    }
}
