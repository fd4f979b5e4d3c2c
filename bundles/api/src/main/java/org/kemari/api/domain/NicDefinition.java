package org.kemari.api.domain;

import java.util.Objects;

/**
 * A network interface of a domain: a TAP device on a bridge of the host.
 *
 * @param id unique within the domain; equal on both hosts
 * @param bridge name of an existing bridge on this host; empty: the TAP device is made but joined to nothing
 * @param mac six lower-case hexadecimal pairs with colons; equal on both hosts
 * @param tapDevice name of the TAP device on this host, at most 15 characters; made if it does not exist
 */
public record NicDefinition(String id, String bridge, String mac, String tapDevice) {
    public NicDefinition {
        Objects.requireNonNull(id);
        Objects.requireNonNull(bridge);
        Objects.requireNonNull(mac);
        Objects.requireNonNull(tapDevice);
    }
}
