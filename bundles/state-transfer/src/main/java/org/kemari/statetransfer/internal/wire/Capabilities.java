package org.kemari.statetransfer.internal.wire;

/** Optional parts of the protocol: the primary offers them in HELLO, the standby answers with those that it knows. */
public final class Capabilities {
    /** PAGE_DELTAS and STATE_DELTA in checkpoints. */
    public static final long DELTAS = 1;

    /** What this Kemari knows. */
    public static final long KNOWN = DELTAS;

    private Capabilities() {}
}
