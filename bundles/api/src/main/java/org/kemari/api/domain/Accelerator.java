package org.kemari.api.domain;

/** How guest code is executed. */
public enum Accelerator {
    /** KVM where a guest really runs on it (found out by a probe), otherwise TCG. */
    AUTO,
    /** Hardware virtualisation. */
    KVM,
    /** Emulation; slow, works everywhere. */
    TCG
}
