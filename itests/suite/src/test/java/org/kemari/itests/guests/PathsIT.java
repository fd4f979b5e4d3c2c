package org.kemari.itests.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.guest.GuestPorts;
import org.kemari.itests.guest.RecordClient;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.Faults;
import org.kemari.itests.lab.HostGroup;
import org.kemari.itests.lab.KemariHost;
import org.kemari.itests.lab.OwnerWatch;
import org.kemari.itests.lab.Wire;

/** One way between two hosts is lost, the other one is there: nobody takes over, and the guest is protected all the same. */
class PathsIT extends GuestCase {
    @ParameterizedTest(name = "{0}")
    @EnumSource(
            value = Wire.class,
            names = {"LAN", "LINK"})
    void a_guest_stays_where_it_is_and_is_protected_over_the_other_way(Wire wire) throws Exception {
        KemariHost primary = guests.east();
        KemariHost standby = guests.west();
        HostGroup group = new HostGroup(List.of(primary, standby));
        DomainSpec domain = domain("paths").standbys("east", "west").automatic(true);
        ext4(domain, primary, "data", 32 << 20);
        startGuest(domain, primary).close();
        group.awaitProtected(domain.name(), PATIENCE);
        RecordClient records = RecordClient.start(GUEST, GuestPorts.RECORD, 1, 0);
        awaitAnswers(records, 20);
        try (OwnerWatch watch = OwnerWatch.begin(domain.name(), group.hosts())) {
            try (Faults.Fault apart = guests.lab().faults().part("east", "west", wire)) {
                assertThat(apart).isNotNull();
                Await.until(
                        wire + " is known to be lost",
                        PATIENCE,
                        () -> primary.console().health("west").getPaths().stream()
                                .anyMatch(path -> path.contains(": LOST,")));
                awaitAnswers(records, 20);
                assertThat(group.awaitProtected(domain.name(), PATIENCE)).isSameAs(primary);
                awaitAnswers(records, 50);
                assertThat(primary.console().health("west").getState()).isEqualTo("ALIVE");
            }
            Await.until("all is well again", PATIENCE, () -> primary.console().health("west").getPaths().stream()
                    .allMatch(path -> path.contains(": ALIVE,")));
            assertThat(group.awaitProtected(domain.name(), PATIENCE)).isSameAs(primary);
            awaitAnswers(records, 20);
            assertThat(watch.faults()).as("%s", watch.story()).isEmpty();
            assertThat(watch.stretches().get("west"))
                    .as("west has never run it")
                    .noneMatch(s -> s.view().role().equals("PRIMARY"));
        }
        long longest = records.answers().stream()
                .mapToLong(RecordClient.Answer::nanos)
                .max()
                .orElseThrow();
        System.out.printf(
                "kemari: without %s: longest wait for an answer %d ms%n",
                wire, Duration.ofNanos(longest).toMillis());
        List<Long> acknowledged = numbers(records.finish());
        assertThat(records.failure()).isEmpty();
        stop(domain, primary);
        assertRecords(domain.disks().get(0).on(primary), acknowledged);
        assertRecords(domain.disks().get(0).on(standby), acknowledged);
    }
}
