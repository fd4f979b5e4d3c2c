package org.kemari.api.protection;

/** What this host is to a domain. */
public enum Role {
    /** Nothing: the domain does not run here. */
    NONE,
    /** It runs the guest. */
    PRIMARY,
    /** It holds an image of the guest. */
    STANDBY
}
