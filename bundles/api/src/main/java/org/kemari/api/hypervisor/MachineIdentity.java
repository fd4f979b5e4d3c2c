package org.kemari.api.hypervisor;

import java.util.Objects;

/**
 * What must be equal on two hosts for one to load the other's device state.
 *
 * @param hypervisor for instance {@code qemu}
 * @param version hypervisor version, for instance {@code 7.2.22}
 * @param machine versioned machine type, for instance {@code pc-q35-7.2}
 * @param cpu CPU model; for a host-passthrough model also what tells two hosts' CPUs apart
 * @param accelerator {@code kvm} or {@code tcg}
 */
public record MachineIdentity(String hypervisor, String version, String machine, String cpu, String accelerator) {
    public MachineIdentity {
        Objects.requireNonNull(hypervisor);
        Objects.requireNonNull(version);
        Objects.requireNonNull(machine);
        Objects.requireNonNull(cpu);
        Objects.requireNonNull(accelerator);
    }
}
