package org.kemari.api.hypervisor;

import java.util.Objects;

/**
 * How a virtual machine came to its end.
 *
 * @param cause what ended it
 * @param detail exit code or signal, and the last lines the hypervisor wrote, for people
 */
public record VmExit(Cause cause, String detail) {
    public VmExit {
        Objects.requireNonNull(cause);
        Objects.requireNonNull(detail);
    }

    /** What ended a virtual machine. */
    public enum Cause {
        /** The guest powered itself off: the domain ends, on both hosts. */
        GUEST_POWERED_OFF,
        /** Kemari ended it. */
        DESTROYED,
        /** The hypervisor failed or was killed, not by the guest's will: for the standby the same as a lost host. */
        HYPERVISOR_FAILED
    }
}
