package org.kemari.api.tap;

/**
 * What became of the frames of a NIC that were copied for a standby, or by it. Counters only grow while the tap is open.
 *
 * @param logged received frames that were logged for the standby
 * @param notLogged received frames for which the log had no room
 * @param copied packets that went to the standby with the checkpoint that releases them
 * @param replayed at a takeover, logged frames that this host gave to the guest
 * @param resent at a takeover, packets that the lost primary may have had no time to let out, sent by this host
 */
public record FrameFigures(long logged, long notLogged, long copied, long replayed, long resent) {
    public static final FrameFigures NONE = new FrameFigures(0, 0, 0, 0, 0);
}
