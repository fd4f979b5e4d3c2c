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
     * Starts a virtual machine. Makes the directories and the RAM file (new and empty). Returns as soon as the process
     * runs and the device sockets listen; the monitor answers only when every device has its backend, so open the event
     * tap, then call {@link VirtualMachine#awaitReady}.
     *
     * @param incoming {@code false}: the guest boots, paused until {@link VirtualMachine#resume}; {@code true}: it waits
     *     for {@link VirtualMachine#loadDeviceState} and does not touch its RAM meanwhile (once ready)
     */
    VirtualMachine launch(DomainDefinition definition, DomainPaths paths, boolean incoming, VmListener listener)
            throws HypervisorException;

    /** Takes charge again of a process that an earlier Kemari on this host has started, if it is still there. */
    Optional<VirtualMachine> adopt(DomainDefinition definition, DomainPaths paths, VmListener listener)
            throws HypervisorException;
}
