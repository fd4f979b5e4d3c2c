package org.kemari.itests.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.kemari.api.management.DomainMXBean;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.guest.GuestControl;
import org.kemari.itests.guest.GuestDisks;
import org.kemari.itests.guest.RecordCheck;
import org.kemari.itests.guest.RecordClient;
import org.kemari.itests.lab.KemariHost;
import org.kemari.itests.lab.Lab;

/** What tests with real guests have in common. */
abstract class GuestCase {
    protected static final String GUEST = "198.18.7.100";
    protected static final Duration PATIENCE = Guests.PATIENCE;

    protected final Guests guests = Guests.get();
    private final List<DomainSpec> domains = new ArrayList<>();

    /** Keeps the logs of both hosts when a test has failed. */
    @RegisterExtension
    final AfterTestExecutionCallback logs = context -> {
        if (context.getExecutionException().isPresent()) {
            Path into = Path.of(
                    "target/guest-logs",
                    context.getRequiredTestClass().getSimpleName() + "-"
                            + context.getDisplayName().replaceAll("[^A-Za-z0-9]+", "_"));
            guests.east().saveLogs(into);
            guests.west().saveLogs(into);
        }
    };

    @BeforeEach
    void hosts() throws TimeoutException {
        guests.ensureUp();
    }

    @AfterEach
    void clean() throws TimeoutException {
        boolean left = false;
        for (KemariHost host : List.of(guests.east(), guests.west())) {
            for (DomainSpec domain : domains) {
                left |= host.isRunning() && !stopQuietly(host, domain.name());
                host.files().removeDomain(domain.name());
            }
            Lab.deleteTree(host.files().disks());
        }
        for (KemariHost host : List.of(guests.east(), guests.west())) {
            // a host that cannot be cleaned is no start for the next test
            if (left || host.isRunning() && !host.hypervisorPids().isEmpty()) {
                host.killEverything();
                host.awaitDead();
            }
        }
    }

    private static boolean stopQuietly(KemariHost host, String domain) {
        try {
            if (!host.console().host().getDomains().containsKey(domain)) {
                return true;
            }
            DomainMXBean bean = host.console().domain(domain);
            if (bean.getRole().equals("PRIMARY")) {
                bean.stop(0);
            }
            host.console().awaitState(domain, Duration.ofSeconds(10), "STOPPED", "FAILED");
            return true;
        } catch (TimeoutException | RuntimeException e) {
            System.out.println("kemari: " + host.name() + " is killed after a test that left " + domain + ": " + e);
            return false;
        }
    }

    /** A domain of the test guest with a name of its own; removed after the test. */
    protected DomainSpec domain(String prefix) {
        return domain(prefix, GUEST);
    }

    protected DomainSpec domain(String prefix, String address) {
        DomainSpec domain = new DomainSpec(guests.freshName(prefix), address).kernel(guests.image());
        domains.add(domain);
        return domain;
    }

    /** Makes a mirrored disk with an ext4 file system on one host, and room for it on the other. */
    protected void ext4(DomainSpec domain, KemariHost first, String id, long bytes) {
        String file = domain.name() + "-" + id + ".img";
        GuestDisks.makeExt4(first.files().disks().resolve(file), bytes);
        GuestDisks.makeEmpty(guests.other(first).files().disks().resolve(file), bytes);
        domain.mirrored(id, file, 1);
    }

    /** Makes an empty mirrored disk on both hosts. */
    protected void raw(DomainSpec domain, String id, long bytes, int queues) {
        String file = domain.name() + "-" + id + ".img";
        GuestDisks.makeEmpty(guests.east().files().disks().resolve(file), bytes);
        GuestDisks.makeEmpty(guests.west().files().disks().resolve(file), bytes);
        domain.mirrored(id, file, queues);
    }

    /** Defines a domain on both hosts, starts it on one, and waits for the guest's services. */
    protected GuestControl startGuest(DomainSpec domain, KemariHost host) throws TimeoutException {
        domain.define(guests.east(), guests.west());
        host.console().domain(domain.name()).start();
        awaitRunning(domain, host);
        return GuestControl.await(domain.address(), PATIENCE);
    }

    /** Waits until a guest runs on a host, protected or on its way there or not. */
    protected static void awaitRunning(DomainSpec domain, KemariHost host) throws TimeoutException {
        host.console().awaitState(domain.name(), PATIENCE, "SOLO", "SYNCING", "JOINING", "PROTECTED");
    }

    /** Protects a domain that runs on a host on the other one. */
    protected void protect(DomainSpec domain, KemariHost primary) throws TimeoutException {
        KemariHost standby = guests.other(primary);
        primary.console().domain(domain.name()).protect(standby.name());
        primary.console().awaitState(domain.name(), PATIENCE, "PROTECTED");
        standby.console().awaitState(domain.name(), PATIENCE, "READY");
    }

    /** Ends a domain on its primary, and on the standby with it. */
    protected void stop(DomainSpec domain, KemariHost primary) throws TimeoutException {
        primary.console().domain(domain.name()).stop(0);
        for (KemariHost host : List.of(guests.east(), guests.west())) {
            if (host.isRunning()) {
                host.console().awaitState(domain.name(), PATIENCE, "STOPPED");
            }
        }
    }

    /** Waits until a client has so many more answers than now. */
    protected static void awaitAnswers(RecordClient client, int more) throws TimeoutException {
        client.awaitMore(more, PATIENCE);
    }

    protected static List<Long> numbers(List<RecordClient.Answer> answers) {
        return answers.stream().map(RecordClient.Answer::number).toList();
    }

    /** Asserts that a disk has every acknowledged record, once and in order, and that its file system is sound. */
    protected static void assertRecords(Path disk, List<Long> acknowledged) {
        GuestDisks.replayJournal(disk);
        assertThat(GuestDisks.check(disk)).as("fsck of " + disk).isEmpty();
        RecordCheck check = RecordCheck.ofFile(GuestDisks.extract(disk, "/records"), acknowledged);
        assertThat(check.faults()).as("records on " + disk).isEmpty();
        assertThat(acknowledged).isNotEmpty();
    }
}
