package org.kemari.config.internal;

import java.util.Collection;
import java.util.List;
import org.kemari.api.domain.DiskDefinition;
import org.kemari.api.domain.DiskMode;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.domain.NicDefinition;

/** What two domains of one host cannot have in common. */
final class Conflicts {
    private Conflicts() {}

    static void find(DomainDefinition definition, Collection<DomainDefinition> others, Problems problems) {
        for (DomainDefinition other : others) {
            if (!other.name().equals(definition.name())) {
                disks(definition.disks(), other, problems);
                nics(definition.nics(), other, problems);
            }
        }
    }

    private static void disks(List<DiskDefinition> disks, DomainDefinition other, Problems problems) {
        for (int i = 0; i < disks.size(); i++) {
            DiskDefinition mine = disks.get(i);
            for (DiskDefinition theirs : other.disks()) {
                if (mine.path().equals(theirs.path()) && !canShare(mine, theirs)) {
                    problems.add(
                            "disks(" + i + ").path",
                            "'" + mine.path() + "' is disk " + theirs.id() + " of domain " + other.name()
                                    + " too; two domains can have a disk in common if both only read it, or if both"
                                    + " call it shared");
                }
            }
        }
    }

    /** Guests with a cluster file system may share a shared disk; a mirrored copy is one domain's alone. */
    private static boolean canShare(DiskDefinition a, DiskDefinition b) {
        return a.readOnly() && b.readOnly() || a.mode() == DiskMode.SHARED && b.mode() == DiskMode.SHARED;
    }

    private static void nics(List<NicDefinition> nics, DomainDefinition other, Problems problems) {
        for (int i = 0; i < nics.size(); i++) {
            NicDefinition mine = nics.get(i);
            for (NicDefinition theirs : other.nics()) {
                String owner = "' is used by NIC " + theirs.id() + " of domain " + other.name() + " too";
                if (mine.mac().equals(theirs.mac())) {
                    problems.add("nics(" + i + ").mac", "'" + mine.mac() + owner);
                }
                if (mine.tapDevice().equals(theirs.tapDevice())) {
                    problems.add("nics(" + i + ").tapDevice", "'" + mine.tapDevice() + owner);
                }
            }
        }
    }
}
