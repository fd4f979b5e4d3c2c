package org.kemari.itests.lab;

import java.util.Arrays;
import java.util.List;

/** The networks that every host is on. What happens to the cables of one is not felt on the others. */
public enum Wire {
    /** Guests, their clients, and one path between the hosts. */
    LAN("switch0", "to", Network.PREFIX, "uplink", Network.HOST_BRIDGE),
    /** The other path between the hosts; nobody else is on it. */
    LINK("switch1", "ln", "198.18.8.", "link0", "link0"),
    /** From the operator's console, which sees a host whatever has happened to the others. */
    CONSOLE("switch2", "cn", "198.18.9.", "console0", "console0");

    private final String bridge;
    private final String cablePrefix;
    private final String addressPrefix;
    private final String plug;
    private final String device;

    Wire(String bridge, String cablePrefix, String addressPrefix, String plug, String device) {
        this.bridge = bridge;
        this.cablePrefix = cablePrefix;
        this.addressPrefix = addressPrefix;
        this.plug = plug;
        this.device = device;
    }

    /** Those between hosts, the preferred one first. */
    public static List<Wire> paths() {
        return List.of(LAN, LINK);
    }

    /** These, or all between hosts if none is named. */
    static List<Wire> orPaths(Wire... wires) {
        return wires.length == 0 ? paths() : Arrays.asList(wires);
    }

    /** The switch. */
    String bridge() {
        return bridge;
    }

    /** A host's cable where it ends at the switch. */
    String cable(String host) {
        return cablePrefix + "-" + host;
    }

    /** A host's cable where it ends at the host. */
    String plug() {
        return plug;
    }

    /** The interface of a host that has its address. */
    String device() {
        return device;
    }

    String address(int number) {
        return addressPrefix + number;
    }
}
