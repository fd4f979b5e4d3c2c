package org.kemari.statetransfer.internal.wire;

/** How one disk of the standby is brought up to date. The order is the code on the wire. */
public enum DiskPlan {
    /** Not at all: the hosts share it, or nobody writes it. */
    NONE,
    /** The standby's copy is empty: all that is not zero is sent. */
    COPY,
    /** Both copies are read; what differs is sent. */
    COMPARE,
    /** What the change logs of both name is sent. */
    DELTA
}
