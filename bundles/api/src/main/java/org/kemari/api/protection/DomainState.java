package org.kemari.api.protection;

/** What a host is doing with a domain. Every state comes with a reason that a person can read. */
public enum DomainState {
    /** Not here. */
    STOPPED,
    /** Primary: the guest is being started. */
    STARTING,
    /** Primary: the guest runs, not protected; outputs pass. */
    SOLO,
    /** Primary: the guest runs, outputs pass, memory and disks are being copied to the standby. */
    SYNCING,
    /** Primary: outputs are held for the checkpoint after which the arbiter's record will name the standby. */
    JOINING,
    /** Primary: protected. */
    PROTECTED,
    /** Primary: outputs are held; the standby has been asked to take over. */
    SWITCHING,
    /** Primary: the standby is lost; outputs are held until the arbiter's record says that we go on alone. */
    HOLDING,
    /** Standby: receiving the first copy. */
    RECEIVING,
    /** Standby: has a committed image that the arbiter's record names. */
    READY,
    /** Standby: the primary is lost; the arbiter is being asked. */
    CLAIMING,
    /** Standby: the arbiter has said yes; the old primary is being fenced, nothing is executed before. */
    FENCING,
    /** Standby: the arbiter has said yes; the image is being finished, loaded and started. */
    TAKING_OVER,
    /** Ended badly; the reason says how. */
    FAILED
}
