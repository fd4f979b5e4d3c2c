package org.kemari.itests.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.guest.GuestControl;
import org.kemari.itests.guest.GuestDisks;
import org.kemari.itests.guest.GuestPorts;
import org.kemari.itests.guest.RecordClient;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.KemariHost;

/** The whole life of a pair: handed over, lost and found again, and nobody has to ask for protection. */
class LifeIT extends GuestCase {
    private static final int ROUNDS = Integer.getInteger("kemari.rounds", 10);

    /** Waits until a host runs the domain, and the other one stands by for it. */
    private void awaitPair(DomainSpec domain, KemariHost primary) throws TimeoutException {
        primary.console().awaitState(domain.name(), PATIENCE, "PROTECTED");
        guests.other(primary).console().awaitState(domain.name(), PATIENCE, "READY");
    }

    private DomainSpec pair(String prefix, String address) {
        return domain(prefix, address).standbys("east", "west").automatic(true);
    }

    @Test
    void one_connection_lives_through_ten_takeovers_and_ten_switchovers() throws Exception {
        KemariHost primary = guests.east();
        DomainSpec domain = pair("life", GUEST);
        ext4(domain, primary, "data", 64 << 20);
        String bootId;
        try (GuestControl control = startGuest(domain, primary)) {
            bootId = control.bootId();
            control.ask("dirty 16 500");
        }
        RecordClient records = RecordClient.start(GUEST, GuestPorts.RECORD, 1, 0);
        for (int round = 0; round < 2 * ROUNDS; round++) {
            awaitPair(domain, primary);
            awaitAnswers(records, 3);
            Thread.sleep(guests.random().nextInt(500));
            KemariHost other = guests.other(primary);
            long begin = System.nanoTime();
            if (round % 2 == 0) {
                primary.console().domain(domain.name()).switchover();
            } else if (round % 4 == 1) {
                primary.killHypervisors();
            } else {
                primary.killEverything();
            }
            awaitRunning(domain, other);
            awaitAnswers(records, 3);
            if (!primary.isRunning()) {
                guests.revive(primary);
            }
            primary = other;
            awaitPair(domain, primary);
            System.out.printf(
                    "kemari: round %d: longest wait for an answer %.0f ms, protected again after %.1f s, %d MiB sent%n",
                    round,
                    longestWait(records, begin) / 1e6,
                    (System.nanoTime() - begin) / 1e9,
                    primary.console().domain(domain.name()).getSyncBytesSent() >> 20);
            try (GuestControl control = GuestControl.await(GUEST, PATIENCE)) {
                assertThat(control.bootId()).as("round " + round).isEqualTo(bootId);
            }
        }
        List<Long> acknowledged = numbers(records.finish());
        assertThat(records.failure()).isEmpty();
        stop(domain, primary);
        for (KemariHost host : List.of(guests.east(), guests.west())) {
            assertRecords(domain.disks().get(0).on(host), acknowledged);
        }
    }

    private static long longestWait(RecordClient records, long sinceNanos) {
        return records.answers().stream()
                .filter(a -> a.answeredNanos() - sinceNanos >= 0)
                .mapToLong(RecordClient.Answer::nanos)
                .max()
                .orElse(0);
    }

    @Test
    void each_host_stands_by_for_the_other_and_an_evacuated_one_is_left_by_all() throws Exception {
        KemariHost east = guests.east();
        KemariHost west = guests.west();
        DomainSpec a = pair("a", GUEST);
        DomainSpec b = pair("b", "198.18.7.101");
        ext4(a, east, "data", 32 << 20);
        ext4(b, west, "data", 32 << 20);
        startGuest(a, east).close();
        startGuest(b, west).close();
        awaitPair(a, east);
        awaitPair(b, west);
        RecordClient ofA = RecordClient.start(a.address(), GuestPorts.RECORD, 1, 0);
        RecordClient ofB = RecordClient.start(b.address(), GuestPorts.RECORD, 1, 0);
        awaitAnswers(ofA, 10);
        east.killEverything();
        awaitRunning(a, west);
        awaitRunning(b, west);
        awaitAnswers(ofA, 10);
        awaitAnswers(ofB, 10);
        guests.revive(east);
        awaitPair(a, west);
        awaitPair(b, west);
        west.console().host().evacuate();
        awaitPair(a, east);
        awaitPair(b, east);
        assertThat(west.console().host().isEvacuating()).isTrue();
        west.console().host().endEvacuation();
        awaitAnswers(ofA, 10);
        awaitAnswers(ofB, 10);
        List<Long> acknowledgedA = numbers(ofA.finish());
        List<Long> acknowledgedB = numbers(ofB.finish());
        assertThat(ofA.failure()).isEmpty();
        assertThat(ofB.failure()).isEmpty();
        stop(a, east);
        stop(b, east);
        assertRecords(a.disks().get(0).on(east), acknowledgedA);
        assertRecords(b.disks().get(0).on(east), acknowledgedB);
    }

    /** Whatever has ended both hosts, a domain is started again by the one that owns it, and by no other. */
    @Test
    void a_domain_is_started_by_the_host_that_owns_it() throws Exception {
        KemariHost east = guests.east();
        KemariHost west = guests.west();
        DomainSpec domain = pair("auto", GUEST).autostart(true);
        ext4(domain, east, "data", 32 << 20);
        startGuest(domain, east).close();
        awaitPair(domain, east);
        east.console().domain(domain.name()).switchover();
        awaitPair(domain, west);
        west.console().domain(domain.name()).unprotect();
        west.console().awaitState(domain.name(), PATIENCE, "SOLO");
        east.powerOff();
        west.powerOff();
        east.start();
        east.awaitReady();
        west.start();
        west.awaitReady();
        awaitPair(domain, west);
        assertThat(east.console().domain(domain.name()).getRole()).isEqualTo("STANDBY");
        stop(domain, west);
    }

    @Test
    void a_shared_disk_is_touched_only_after_the_old_primary_has_been_fenced() throws Exception {
        KemariHost east = guests.east();
        KemariHost west = guests.west();
        Path fenced = guests.lab().workspace().resolve("fenced");
        Path permission = guests.lab().workspace().resolve("may-fence");
        String script = "echo {host} {domain} >> " + fenced + "; test -e " + permission;
        fence("/bin/sh -c \"" + script + "\"");
        DomainSpec domain = domain("fence").standbys("east", "west").fence("always");
        Path disk = guests.lab().workspace().resolve("shared").resolve(domain.name() + ".img");
        Files.createDirectories(disk.getParent());
        GuestDisks.makeExt4(disk, 32 << 20);
        domain.shared("data", disk, 1);
        domain.define(east, west);
        for (KemariHost host : List.of(east, west)) {
            // a definition that always wants a fence is in order only when there is one
            Await.until(
                    "the fence command is in force",
                    PATIENCE,
                    () -> host.console().host().getConfigurationProblems().isEmpty()
                            && host.console().host().getDomains().containsKey(domain.name()));
        }
        startGuest(domain, east).close();
        protect(domain, east);
        RecordClient records = RecordClient.start(GUEST, GuestPorts.RECORD, 1, 0);
        awaitAnswers(records, 10);
        east.killEverything();
        west.console().awaitState(domain.name(), PATIENCE, "FENCING");
        Await.until(
                "fencing is tried again",
                PATIENCE,
                () -> Files.exists(fenced) && Files.readAllLines(fenced).size() >= 2);
        assertThat(west.console().domain(domain.name()).getReason()).contains("could not be fenced");
        assertThat(Files.readAllLines(fenced)).containsOnly("east " + domain.name());
        Files.createFile(permission);
        west.console().awaitState(domain.name(), PATIENCE, "SOLO");
        awaitAnswers(records, 10);
        List<Long> acknowledged = numbers(records.finish());
        assertThat(records.failure()).isEmpty();
        stop(domain, west);
        assertRecords(disk, acknowledged);
        fence("");
    }

    private void fence(String command) {
        for (KemariHost host : List.of(guests.east(), guests.west())) {
            host.files().set("org.kemari.host.cfg", Map.of("fenceCommand", command, "fenceRetryDelay", "200 ms"));
        }
    }
}
