package org.kemari.protection.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.kemari.api.domain.Boot;
import org.kemari.api.domain.DiskDefinition;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.hypervisor.MachineIdentity;
import org.kemari.api.transfer.DomainIdentity;

/** Makes and compares domain identities. */
final class Identities {
    private Identities() {}

    /** @throws IOException if the size of a disk cannot be found out; the message names it */
    static DomainIdentity of(DomainDefinition definition, MachineIdentity machine) throws IOException {
        List<DomainIdentity.Disk> disks = new ArrayList<>();
        for (DiskDefinition disk : definition.disks()) {
            disks.add(new DomainIdentity.Disk(
                    disk.id(),
                    size(disk),
                    disk.mode().name().toLowerCase(Locale.ROOT),
                    disk.readOnly(),
                    disk.queues()));
        }
        List<DomainIdentity.Nic> nics = definition.nics().stream()
                .map(n -> new DomainIdentity.Nic(n.id(), n.mac()))
                .toList();
        String firmware = definition.boot() instanceof Boot.Disk disk
                ? disk.firmware().name().toLowerCase(Locale.ROOT)
                : "kernel";
        return new DomainIdentity(
                definition.name(), machine, definition.memoryBytes(), definition.vcpus(), firmware, disks, nics);
    }

    private static long size(DiskDefinition disk) throws IOException {
        try (FileChannel channel = FileChannel.open(disk.path(), StandardOpenOption.READ)) {
            return channel.size();
        } catch (IOException e) {
            throw new IOException("disk " + disk.id() + " cannot be opened: " + e.getMessage(), e);
        }
    }

    /** The first difference that forbids loading one's state on the other, for people; empty if there is none. */
    static Optional<String> difference(
            String primaryHost, DomainIdentity primary, String standbyHost, DomainIdentity standby) {
        List<String[]> pairs = new ArrayList<>();
        pairs.add(new String[] {"domain name", primary.domain(), standby.domain()});
        MachineIdentity a = primary.machine();
        MachineIdentity b = standby.machine();
        pairs.add(new String[] {"hypervisor", a.hypervisor(), b.hypervisor()});
        pairs.add(new String[] {"hypervisor version", a.version(), b.version()});
        pairs.add(new String[] {"machine type", a.machine(), b.machine()});
        pairs.add(new String[] {"accelerator", a.accelerator(), b.accelerator()});
        pairs.add(new String[] {"CPU model", a.cpu(), b.cpu()});
        pairs.add(new String[] {"memory", mib(primary.memoryBytes()), mib(standby.memoryBytes())});
        pairs.add(new String[] {"number of virtual CPUs", "" + primary.vcpus(), "" + standby.vcpus()});
        pairs.add(new String[] {"firmware", primary.firmware(), standby.firmware()});
        pairs.add(new String[] {
            "number of disks", "" + primary.disks().size(), "" + standby.disks().size()
        });
        pairs.add(new String[] {
            "number of NICs", "" + primary.nics().size(), "" + standby.nics().size()
        });
        for (int i = 0; i < Math.min(primary.disks().size(), standby.disks().size()); i++) {
            pairs.add(new String[] {
                "disk " + (i + 1),
                describe(primary.disks().get(i)),
                describe(standby.disks().get(i))
            });
        }
        for (int i = 0; i < Math.min(primary.nics().size(), standby.nics().size()); i++) {
            pairs.add(new String[] {
                "NIC " + (i + 1),
                describe(primary.nics().get(i)),
                describe(standby.nics().get(i))
            });
        }
        return pairs.stream()
                .filter(p -> !p[1].equals(p[2]))
                .findFirst()
                .map(p -> p[0] + " differs: " + p[1] + " on " + primaryHost + ", " + p[2] + " on " + standbyHost);
    }

    private static String mib(long bytes) {
        return bytes / (1 << 20) + " MiB";
    }

    private static String describe(DomainIdentity.Disk disk) {
        return disk.id() + " (" + disk.sizeBytes() + " bytes, " + disk.mode() + (disk.readOnly() ? ", read-only" : "")
                + ", " + disk.queues() + " queues)";
    }

    private static String describe(DomainIdentity.Nic nic) {
        return nic.id() + " (" + nic.mac() + ")";
    }
}
