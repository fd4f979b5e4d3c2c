package org.kemari.statetransfer.internal.wire;

/**
 * What a primary's change log of one disk against this standby is good for.
 *
 * @param session the attempt at protection that the log is relative to; 0: there is no log
 * @param primary whether the primary was the primary in it, too
 * @param complete whether it names everything that was committed in that session
 */
public record DiskBase(long session, boolean primary, boolean complete) {
    public static final DiskBase NONE = new DiskBase(0, false, false);
}
