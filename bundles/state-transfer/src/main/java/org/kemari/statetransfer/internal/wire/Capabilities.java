package org.kemari.statetransfer.internal.wire;

/** Optional parts of the protocol: the primary offers them in HELLO, the standby answers with those that it knows. */
public final class Capabilities {
    /** PAGE_DELTAS and STATE_DELTA in checkpoints. */
    public static final long DELTAS = 1;

    /** Compressed frames from the primary, outside of the handshake. */
    public static final long LZ4 = 2;

    /** Frames of the guest's NICs are logged: {@link WireMessage.Received} and what goes with checkpoints. */
    public static final long FRAME_LOG = 1L << 8;

    /** What this Kemari knows. */
    public static final long KNOWN = DELTAS | LZ4 | FRAME_LOG;

    private Capabilities() {}
}
