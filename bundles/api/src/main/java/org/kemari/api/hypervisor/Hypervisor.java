package org.kemari.api.hypervisor;

import java.util.Optional;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.domain.DomainPaths;

/** Runs virtual machines. A service; safe for use by many threads. */
public interface Hypervisor {
    /**
     * What a guest of this definition would be on this host. The first call may take a few seconds (it probes the
     * accelerator); the answer is remembered.
     */
    MachineIdentity identity(DomainDefinition definition) throws HypervisorException;

    /**
     * Starts a virtual machine. Makes the directories and the RAM file. Returns as soon as the process
     * runs and the device sockets listen; the monitor answers only when every device has its backend, so open the event
     * tap, then call {@link VirtualMachine#awaitReady}.
     *
     * @param mode how it begins; the RAM file is new and empty unless it is retained
     */
    VirtualMachine launch(DomainDefinition definition, DomainPaths paths, LaunchMode mode, VmListener listener)
            throws HypervisorException;

    /** Takes charge again of a process that an earlier Kemari on this host has started, if it is still there. */
    Optional<VirtualMachine> adopt(DomainDefinition definition, DomainPaths paths, VmListener listener)
            throws HypervisorException;
}
