package org.kemari.api.domain;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A virtual machine, as its definition file on this host describes it. Immutable and validated by whoever builds it.
 *
 * @param name letters, digits, {@code -} and {@code _}; unique, and equal on both hosts
 * @param memoryBytes guest memory, a multiple of 1 MiB
 * @param vcpus number of virtual CPUs, 1 to 255
 * @param machine machine type: {@code q35}, {@code pc} or {@code microvm}
 * @param cpu CPU model, empty for the accelerator's default
 * @param accelerator how guest code is executed
 * @param boot how the domain starts
 * @param disks in the order the guest sees them
 * @param nics in the order the guest sees them
 * @param consoleLog where the first serial port is logged, if anywhere
 * @param autostart whether the domain is started when its owner's Kemari starts, unless another host owns it
 * @param protection how the domain is protected
 */
public record DomainDefinition(
        String name,
        long memoryBytes,
        int vcpus,
        String machine,
        String cpu,
        Accelerator accelerator,
        Boot boot,
        List<DiskDefinition> disks,
        List<NicDefinition> nics,
        Optional<Path> consoleLog,
        boolean autostart,
        ProtectionSettings protection) {
    public DomainDefinition {
        Objects.requireNonNull(name);
        Objects.requireNonNull(machine);
        Objects.requireNonNull(cpu);
        Objects.requireNonNull(accelerator);
        Objects.requireNonNull(boot);
        Objects.requireNonNull(consoleLog);
        Objects.requireNonNull(protection);
        disks = List.copyOf(disks);
        nics = List.copyOf(nics);
    }
}
