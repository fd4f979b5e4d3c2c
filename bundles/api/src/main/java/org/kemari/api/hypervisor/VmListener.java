package org.kemari.api.hypervisor;

/** Told what happens to a virtual machine. Called on the hypervisor's own thread, in order; return at once. */
public interface VmListener {
    /** The guest has reset itself (a reboot); it goes on running. */
    void guestReset();

    /** The guest's kernel has reported a crash (pvpanic). */
    void guestPanicked();

    /** The process is gone. The last call. */
    void exited(VmExit exit);
}
