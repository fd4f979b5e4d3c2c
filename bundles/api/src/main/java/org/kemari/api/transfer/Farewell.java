package org.kemari.api.transfer;

/** Why a primary ends a session on purpose. */
public enum Farewell {
    /** The operator ended the protection, or it failed: drop the image. */
    UNPROTECTED,
    /** The guest has powered itself off: the domain ends here too. */
    GUEST_POWERED_OFF,
    /** The operator stopped the domain: it ends here too. */
    STOPPED,
    /** The primary's hypervisor process is gone, its host is not: take over. */
    HYPERVISOR_FAILED,
    /** A disk of the primary failed; its guest is stopped: take over. */
    STORAGE_FAILED,
    /** All is committed and nothing more will be released: take over, as the operator wishes. */
    SWITCHOVER
}
