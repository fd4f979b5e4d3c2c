package org.kemari.protection.internal;

import org.kemari.api.transfer.Farewell;

/** Why a domain is about to end on its primary. */
enum Ending {
    POWERED_OFF(Farewell.GUEST_POWERED_OFF, "the guest has powered itself off"),
    STOPPED(Farewell.STOPPED, "stopped by the operator"),
    STORAGE_FAILED(Farewell.STORAGE_FAILED, "a disk failed"),
    HYPERVISOR_FAILED(Farewell.HYPERVISOR_FAILED, "the hypervisor failed");

    /** What the standby is told. */
    final Farewell farewell;

    final String text;

    Ending(Farewell farewell, String text) {
        this.farewell = farewell;
        this.text = text;
    }
}
