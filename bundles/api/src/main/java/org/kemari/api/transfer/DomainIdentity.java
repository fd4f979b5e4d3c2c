package org.kemari.api.transfer;

import java.util.List;
import java.util.Objects;
import org.kemari.api.hypervisor.MachineIdentity;

/**
 * What the two hosts of a domain must agree on before one byte of it is sent.
 *
 * @param domain its name
 * @param machine hypervisor, machine type and CPU
 * @param memoryBytes guest memory
 * @param vcpus number of virtual CPUs
 * @param firmware {@code kernel}, {@code seabios} or {@code ovmf}
 * @param disks the disks, in order
 * @param nics the NICs, in order
 */
public record DomainIdentity(
        String domain,
        MachineIdentity machine,
        long memoryBytes,
        int vcpus,
        String firmware,
        List<Disk> disks,
        List<Nic> nics) {
    public DomainIdentity {
        Objects.requireNonNull(domain);
        Objects.requireNonNull(machine);
        Objects.requireNonNull(firmware);
        disks = List.copyOf(disks);
        nics = List.copyOf(nics);
    }

    /**
     * A disk.
     *
     * @param id its id
     * @param sizeBytes its capacity on the host that says this
     * @param mode {@code shared} or {@code mirrored}
     * @param readOnly whether the guest may not write
     * @param queues number of request queues
     */
    public record Disk(String id, long sizeBytes, String mode, boolean readOnly, int queues) {}

    /**
     * A NIC.
     *
     * @param id its id
     * @param mac its MAC address
     */
    public record Nic(String id, String mac) {}
}
