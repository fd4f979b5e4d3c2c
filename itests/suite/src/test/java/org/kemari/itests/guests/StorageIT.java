package org.kemari.itests.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.guest.GuestControl;
import org.kemari.itests.guest.GuestPorts;
import org.kemari.itests.guest.RecordClient;
import org.kemari.itests.lab.KemariHost;
import org.kemari.itests.lab.Shell;

/** A primary whose own storage fails. */
class StorageIT extends GuestCase {
    /** The kernel refuses the primary's writes beyond this; the file system with the records ends before. */
    private static final long GOOD_BYTES = 33 << 20;

    /** Sets the soft limit, which can be lifted again. */
    private static void limitFiles(KemariHost host, String bytes) {
        Shell.run(List.of("prlimit", "--pid", Long.toString(host.jvmPid()), "--fsize=" + bytes + ":"));
    }

    @Test
    void a_primary_whose_disk_fails_hands_over_and_the_guest_does_not_see_it() throws Exception {
        KemariHost primary = guests.east();
        KemariHost standby = guests.west();
        DomainSpec domain = domain("storage");
        ext4(domain, primary, "data", 32 << 20);
        raw(domain, "raw", 128 << 20, 1);
        String bootId;
        try (GuestControl control = startGuest(domain, primary)) {
            bootId = control.bootId();
        }
        protect(domain, primary);
        RecordClient records = RecordClient.start(GUEST, GuestPorts.RECORD, 1, 0);
        awaitAnswers(records, 10);
        limitFiles(primary, Long.toString(GOOD_BYTES));
        try {
            try (GuestControl control = GuestControl.await(GUEST, PATIENCE)) {
                control.ask("scribble vdb 1 " + guests.random().nextInt(1000));
            }
            standby.console().awaitState(domain.name(), PATIENCE, "SOLO");
        } finally {
            limitFiles(primary, "unlimited");
        }
        awaitAnswers(records, 10);
        try (GuestControl control = GuestControl.await(GUEST, PATIENCE)) {
            assertThat(control.bootId()).isEqualTo(bootId);
            control.ask("quiesce");
        }
        assertThat(standby.console().domain(domain.name()).getLastTakeover().getReason())
                .contains("a disk failed");
        assertThat(primary.hypervisorPids()).as("the old primary has let go").isEmpty();
        List<Long> acknowledged = numbers(records.finish());
        assertThat(records.failure()).isEmpty();
        // it can stand by again once its disk is in order
        protect(domain, standby);
        stop(domain, standby);
        assertRecords(domain.disks().get(0).on(standby), acknowledged);
    }
}
