package org.kemari.hypervisor.qemu.internal;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Something QEMU tells unasked.
 *
 * @param name for instance {@code RESET}
 * @param data the event's data, an empty object if it has none
 */
record QmpEvent(String name, JsonNode data) {
    /** Whether the guest's own doing is behind a {@code RESET} or {@code SHUTDOWN}. */
    boolean byGuest() {
        return data.path("guest").asBoolean(false);
    }

    String reason() {
        return data.path("reason").asText("");
    }
}
