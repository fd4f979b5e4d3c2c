package org.kemari.statetransfer.internal.wire;

import java.util.ArrayList;
import java.util.List;
import org.kemari.api.hypervisor.MachineIdentity;
import org.kemari.api.transfer.DomainIdentity;

/** {@link DomainIdentity} on the wire. */
final class IdentityCodec {
    private IdentityCodec() {}

    static void write(PayloadWriter out, DomainIdentity identity) {
        MachineIdentity machine = identity.machine();
        out.text(identity.domain())
                .text(machine.hypervisor())
                .text(machine.version())
                .text(machine.machine())
                .text(machine.cpu())
                .text(machine.accelerator())
                .i64(identity.memoryBytes())
                .i32(identity.vcpus())
                .text(identity.firmware())
                .i32(identity.disks().size());
        for (DomainIdentity.Disk disk : identity.disks()) {
            out.text(disk.id())
                    .i64(disk.sizeBytes())
                    .text(disk.mode())
                    .bool(disk.readOnly())
                    .i32(disk.queues());
        }
        out.i32(identity.nics().size());
        for (DomainIdentity.Nic nic : identity.nics()) {
            out.text(nic.id()).text(nic.mac());
        }
    }

    static DomainIdentity read(PayloadReader in) throws WireException {
        String domain = in.text();
        MachineIdentity machine = new MachineIdentity(in.text(), in.text(), in.text(), in.text(), in.text());
        long memory = in.nonNegativeLong("the memory size");
        if (memory % (1 << 20) != 0) {
            throw new WireException("the memory size " + memory + " is no multiple of 1 MiB");
        }
        int vcpus = in.nonNegativeInt("the number of virtual CPUs");
        String firmware = in.text();
        List<DomainIdentity.Disk> disks = new ArrayList<>();
        for (int left = in.count(17); left > 0; left--) {
            disks.add(new DomainIdentity.Disk(
                    in.text(),
                    in.nonNegativeLong("the size of a disk"),
                    in.text(),
                    in.bool(),
                    in.nonNegativeInt("queues")));
        }
        List<DomainIdentity.Nic> nics = new ArrayList<>();
        for (int left = in.count(4); left > 0; left--) {
            nics.add(new DomainIdentity.Nic(in.text(), in.text()));
        }
        return new DomainIdentity(domain, machine, memory, vcpus, firmware, disks, nics);
    }
}
