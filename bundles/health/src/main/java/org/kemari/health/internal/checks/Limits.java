package org.kemari.health.internal.checks;

import java.time.Duration;

/** From when on something is worth telling. Generous: a check that cries wolf is not read. */
final class Limits {
    /** Time between two rounds of checks. */
    static final Duration ROUND = Duration.ofSeconds(1);
    /** A round that takes longer than this is told: something that a check looks at hangs. */
    static final Duration LONG_ROUND = Duration.ofSeconds(10);

    /** An arbiter that has been failing for so long: an ensemble that elects a new leader is no news. */
    static final Duration ARBITER_GONE = Duration.ofSeconds(3);
    /** An arbiter that has not answered one question for so long. */
    static final Duration ARBITER_ANSWER = Duration.ofSeconds(5);

    /** A hypervisor process that is gone or stopped while its domain is said to be here. */
    static final Duration PROCESS_STOPPED = Duration.ofSeconds(2);
    /** A thread of the hypervisor that sleeps in the kernel and cannot be interrupted. */
    static final Duration PROCESS_BLOCKED = Duration.ofSeconds(5);
    /** Virtual CPUs that have not run at all: an idle guest's timers wake it more often. */
    static final Duration CPUS_IDLE = Duration.ofSeconds(15);

    /** No checkpoint for so many times {@code maxEpochAge}, */
    static final int EPOCH_AGES = 5;
    /** and for at least this long. */
    static final Duration EPOCH_AGE = Duration.ofSeconds(5);

    /** Requests of a device that have not been completed, or outputs that have been held. */
    static final Duration DEVICE_STUCK = Duration.ofSeconds(5);
    /** A device that the hypervisor is not connected to while the guest runs. */
    static final Duration DEVICE_DISCONNECTED = Duration.ofSeconds(5);
    /** Failed requests are critical for so long after the last one, */
    static final Duration ERRORS_NEW = Duration.ofMinutes(1);
    /** and a warning for so long. */
    static final Duration ERRORS_OLD = Duration.ofHours(1);

    /** A domain may be unprotected, or on its way from one state to another, for so long. */
    static final Duration BETWEEN_STATES = Duration.ofSeconds(5);
    /** A guest may take so long to be started. */
    static final Duration STARTING = Duration.ofSeconds(60);

    /** Parts of the memory that are still to be had. */
    static final double MEMORY_LOW = 0.05;

    static final double MEMORY_OUT = 0.02;

    /** Room in the state directory, bytes. */
    static final long STATE_LOW = 256L << 20;

    static final long STATE_FULL = 16L << 20;

    private Limits() {}
}
