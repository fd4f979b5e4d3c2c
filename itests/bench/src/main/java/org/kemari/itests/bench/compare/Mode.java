package org.kemari.itests.bench.compare;

import java.util.List;
import java.util.function.UnaryOperator;
import org.kemari.itests.guest.DomainSpec;

/**
 * A way to run the guest.
 *
 * @param name the word it is called by
 * @param words what it is
 * @param machinery what runs the guest
 * @param settings what the domain's definition says beyond the rest
 */
record Mode(String name, String words, Machinery machinery, UnaryOperator<DomainSpec> settings) {
    /** What runs a guest. */
    enum Machinery {
        /** QEMU's own devices; Kemari knows nothing of the guest. */
        QEMU,
        /** Kemari, without a standby. */
        SOLO,
        /** Kemari, with a standby. */
        PROTECTED,
        /** QEMU's COLO. */
        COLO
    }

    private static final String PERIOD = "remus-";

    /** What the others are compared with. */
    static final String BASE = "unprotected";

    /** All there are, in the order to show them. */
    static final List<Mode> ALL = List.of(
            new Mode("bare", "QEMU's own virtio devices", Machinery.QEMU, UnaryOperator.identity()),
            new Mode(BASE, "Kemari's devices, no standby", Machinery.SOLO, UnaryOperator.identity()),
            new Mode("hold", "protected; disk writes and packets wait", Machinery.PROTECTED, policy("hold")),
            new Mode("run-ahead", "protected; only packets wait", Machinery.PROTECTED, policy("run-ahead")),
            period(25),
            period(50),
            period(100),
            period(200),
            new Mode("colo", "QEMU's own COLO", Machinery.COLO, UnaryOperator.identity()));

    private static UnaryOperator<DomainSpec> policy(String name) {
        return spec -> spec.writePolicy(name);
    }

    /** In Remus, too, writes reach the primary's own disk at once. */
    private static Mode period(int millis) {
        String lines = String.format("  maxEpochAge: %d ms%n  minEpochGap: %d ms%n", millis, millis);
        return new Mode(
                PERIOD + millis,
                "protected; a checkpoint every " + millis + " ms, only packets wait",
                Machinery.PROTECTED,
                spec -> spec.writePolicy("run-ahead").yaml(lines));
    }

    /** Whether outputs, and not the time alone, make it take checkpoints. */
    boolean isEventDriven() {
        return isProtected() && !name.startsWith(PERIOD);
    }

    boolean isProtected() {
        return machinery == Machinery.PROTECTED;
    }
}
