package org.kemari.api.domain;

/** How the two hosts of a domain get at the content of one of its disks. */
public enum DiskMode {
    /** Both hosts see the same file or device; only the owner executes on it. */
    SHARED,
    /** Each host has a copy of its own; the standby executes committed writes on its copy. */
    MIRRORED
}
