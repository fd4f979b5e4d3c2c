package org.kemari.itests.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One switch and the hosts on it. The switch is the network namespace of this process: a bridge with an address of its
 * own, for the clients. A host is a namespace with a bridge {@code br0} that carries the host's address, the cable to
 * the switch, and the TAP devices of its guests.
 */
public final class Network implements AutoCloseable {
    /** Prefix of every address: 198.18.0.0/15 is set apart for measurements. */
    public static final String PREFIX = "198.18.7.";

    public static final int PREFIX_BITS = 24;
    public static final String HOST_BRIDGE = "br0";
    private static final String SWITCH = "switch0";

    private final Map<String, String> addresses = new LinkedHashMap<>();

    Network() {
        Shell.run("ip link add " + SWITCH + " type bridge stp_state 0 forward_delay 0");
        Shell.run("ip address add " + PREFIX + "1/" + PREFIX_BITS + " dev " + SWITCH);
        Shell.run("ip link set " + SWITCH + " up");
    }

    /** Adds a host and returns its address. */
    public synchronized String addHost(String name) {
        if (addresses.containsKey(name)) {
            return addresses.get(name);
        }
        String address = PREFIX + (11 + addresses.size());
        Shell.run("ip netns add " + name);
        Shell.run("ip link add " + cable(name) + " type veth peer name uplink netns " + name);
        Shell.run("ip link set " + cable(name) + " master " + SWITCH + " up");
        inHost(name, "ip link set lo up");
        inHost(name, "ip link add " + HOST_BRIDGE + " type bridge stp_state 0 forward_delay 0");
        inHost(name, "ip link set uplink master " + HOST_BRIDGE + " up");
        inHost(name, "ip address add " + address + "/" + PREFIX_BITS + " dev " + HOST_BRIDGE);
        inHost(name, "ip link set " + HOST_BRIDGE + " up");
        addresses.put(name, address);
        return address;
    }

    public synchronized String address(String host) {
        return addresses.get(host);
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

    /** Pulls the host's cable: nothing is heard from it any more, not even that connections end. */
    public void cut(String host) {
        Shell.run("ip link set " + cable(host) + " down");
    }

    /** Puts the cable back. */
    public void mend(String host) {
        Shell.run("ip link set " + cable(host) + " up");
    }

    private static String cable(String host) {
        return "to-" + host;
    }

    @Override
    public synchronized void close() {
        for (String host : addresses.keySet()) {
            Shell.tryRun(List.of("ip", "netns", "delete", host));
        }
        addresses.clear();
        Shell.tryRun(List.of("ip", "link", "delete", SWITCH));
    }
}
