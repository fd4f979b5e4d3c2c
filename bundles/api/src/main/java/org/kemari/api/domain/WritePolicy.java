package org.kemari.api.domain;

/** When the primary of a protected domain executes what changes its mirrored disks. Shared disks always hold. */
public enum WritePolicy {
    /** Writes and flushes wait for the commit of a checkpoint in which they are pending. */
    HOLD,
    /**
     * Writes and flushes are executed and completed at once, on the primary's own copy, which nobody outside can see; only
     * packets wait. What was written travels with the next checkpoint.
     */
    RUN_AHEAD
}
