package org.kemari.protection.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.kemari.api.hypervisor.MachineIdentity;
import org.kemari.api.transfer.DomainIdentity;

class IdentitiesTest {
    private static DomainIdentity identity(String version, String cpu, long memory, long disk, String mac) {
        return new DomainIdentity(
                "web",
                new MachineIdentity("qemu", version, "pc-q35-7.2", cpu, "tcg"),
                memory,
                2,
                "kernel",
                List.of(new DomainIdentity.Disk("root", disk, "mirrored", false, 1)),
                List.of(new DomainIdentity.Nic("lan", mac)));
    }

    private static final DomainIdentity BASE = identity("7.2.22", "qemu64", 512L << 20, 1 << 30, "52:54:00:00:00:01");

    private static String difference(DomainIdentity standby) {
        return Identities.difference("east", BASE, "west", standby).orElse("");
    }

    @Test
    void equalIdentitiesDoNotDiffer() {
        assertThat(difference(identity("7.2.22", "qemu64", 512L << 20, 1 << 30, "52:54:00:00:00:01")))
                .isEmpty();
    }

    @Test
    void everyDifferenceIsNamedWithBothHosts() {
        assertThat(difference(identity("8.0.0", "qemu64", 512L << 20, 1 << 30, "52:54:00:00:00:01")))
                .isEqualTo("hypervisor version differs: 7.2.22 on east, 8.0.0 on west");
        assertThat(difference(identity("7.2.22", "max", 512L << 20, 1 << 30, "52:54:00:00:00:01")))
                .contains("CPU model");
        assertThat(difference(identity("7.2.22", "qemu64", 256L << 20, 1 << 30, "52:54:00:00:00:01")))
                .isEqualTo("memory differs: 512 MiB on east, 256 MiB on west");
        assertThat(difference(identity("7.2.22", "qemu64", 512L << 20, 1 << 20, "52:54:00:00:00:01")))
                .contains("disk 1", "1048576 bytes");
        assertThat(difference(identity("7.2.22", "qemu64", 512L << 20, 1 << 30, "52:54:00:00:00:02")))
                .contains("NIC 1", "52:54:00:00:00:02");
    }
}
