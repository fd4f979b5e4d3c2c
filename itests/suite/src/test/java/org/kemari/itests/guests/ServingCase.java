package org.kemari.itests.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.guest.GuestControl;
import org.kemari.itests.guest.GuestPorts;
import org.kemari.itests.guest.HotSwap;
import org.kemari.itests.guest.RecordClient;
import org.kemari.itests.lab.OwnerWatch;

/** Something is done to a pair of hosts while a guest of theirs serves a client, and neither is to notice it. */
abstract class ServingCase extends GuestCase {
    /** What is done. */
    @FunctionalInterface
    interface Work {
        void on(DomainSpec domain, HotSwap swap) throws Exception;
    }

    /**
     * Starts a guest on east, protected by west, and a client that has it write records; does the work; and asserts that the
     * guest has stayed where it is, without an error on its disk, that the client has kept its connection, and that all that
     * was acknowledged to it is on both disks.
     */
    protected void whileServing(String prefix, Work work) throws Exception {
        DomainSpec domain = domain(prefix).standbys("east", "west").automatic(true);
        ext4(domain, guests.east(), "data", 32 << 20);
        String bootId;
        try (GuestControl control = startGuest(domain, guests.east())) {
            bootId = control.bootId();
        }
        guests.group().awaitProtected(domain.name(), PATIENCE);
        RecordClient records = RecordClient.start(GUEST, GuestPorts.RECORD, 1, 0);
        awaitAnswers(records, 20);
        List<String> faults = new ArrayList<>();
        try (OwnerWatch watch = OwnerWatch.begin(domain.name(), guests.group().hosts())) {
            work.on(domain, new HotSwap(guests.group(), domain.name(), guests.east(), records, PATIENCE));
            faults.addAll(watch.faults());
            assertThat(watch.stretches().get(guests.west().name()))
                    .as("%s has never run it: %s", guests.west().name(), watch.story())
                    .noneMatch(s -> s.view().role().equals("PRIMARY"));
        }
        assertThat(faults).isEmpty();
        try (GuestControl control = GuestControl.await(GUEST, PATIENCE)) {
            assertThat(control.bootId()).isEqualTo(bootId);
        }
        assertThat(Files.readString(guests.east().files().consoles().resolve(domain.name() + ".log")))
                .as("what the guest's kernel says")
                .isNotEmpty()
                .doesNotContainIgnoringCase("I/O error")
                .doesNotContain("EXT4-fs error");
        List<Long> acknowledged = numbers(records.finish());
        assertThat(records.failure()).isEmpty();
        stop(domain, guests.east());
        assertRecords(domain.disks().get(0).on(guests.east()), acknowledged);
        assertRecords(domain.disks().get(0).on(guests.west()), acknowledged);
    }

    /** What came of an exchange, for whoever reads the log of the tests. */
    protected static void say(String what, String host, HotSwap.Outcome outcome) {
        System.out.printf(
                "kemari: %s on %s: longest wait for an answer %d ms, protected after %d ms%n",
                what, host, outcome.waitNanos() / 1_000_000, outcome.unprotectedMillis());
    }
}
