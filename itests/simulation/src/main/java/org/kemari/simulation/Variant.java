package org.kemari.simulation;

/** Kemari as it is, or broken on purpose: the simulator has to notice each of these. */
public enum Variant {
    NONE("as it is"),
    RELEASE_BEFORE_COMMIT("an epoch is released when it has been sent"),
    RELEASE_AHEAD("with an epoch the one in flight behind it is released"),
    NO_HOLD("outputs are never held"),
    TAKEOVER_WITHOUT_ARBITER("a standby takes over without a compare-and-set"),
    PARTIAL_CHECKPOINT("pages of a checkpoint are applied as they come"),
    UNKNOWN_AS_WON("a compare-and-set of unknown outcome is taken for won"),
    UNKNOWN_AS_LOST("a join of unknown outcome is taken for lost"),
    OLD_ACKNOWLEDGEMENT("acknowledgements of an older session count"),
    OLD_IMAGE("memory kept from an older session is taken for the one that is asked for"),
    OLD_STREAM("what an older session still sends goes into the image"),
    HOLD_TOO_LATE("a join holds only after its checkpoint"),
    DECISION_ON_READ("a standby is dropped on a mere read"),
    STALE_RECORD("any record that names oneself as owner is taken for proof"),
    EXECUTE_BEFORE_FENCE("a takeover does not wait for the fence"),
    RELEASE_AFTER_SWITCHOVER("a primary goes on to release after a switchover was asked for"),
    NO_STANDBY_MARK("a restarted host forgets that its takeover was not finished"),
    NO_REPLAY("a standby does not execute the pending writes of its image"),
    REPLAY_UNCOMMITTED("a standby executes writes of a checkpoint that is not committed"),
    FORGOTTEN_REQUESTS("a takeover forgets the requests in flight"),
    NO_CHANGE_LOG("blocks written by the returning host are not copied back"),
    AHEAD_FORGOTTEN("what ran ahead does not go with the checkpoint"),
    AHEAD_CUT_LATE("what ran ahead after a pause goes with its checkpoint, too"),
    AHEAD_NOT_LOGGED("what runs ahead is not in the change log"),
    PACKETS_AHEAD("packets do not wait either");

    private final String description;

    Variant(String description) {
        this.description = description;
    }

    /** Whether it makes a difference only for disks that run ahead. */
    boolean isOfRunningAhead() {
        return this == AHEAD_FORGOTTEN || this == AHEAD_CUT_LATE || this == AHEAD_NOT_LOGGED || this == PACKETS_AHEAD;
    }

    @Override
    public String toString() {
        return name() + " (" + description + ")";
    }
}
