package org.kemari.api.config;

import java.util.Objects;

/**
 * Where a host's Kemari listens for other hosts.
 *
 * @param address IP address or host name
 * @param port TCP port, 1 to 65535
 */
public record HostAddress(String address, int port) {
    public HostAddress {
        Objects.requireNonNull(address);
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " is not between 1 and 65535");
        }
    }

    @Override
    public String toString() {
        return address.contains(":") ? "[" + address + "]:" + port : address + ":" + port;
    }
}
