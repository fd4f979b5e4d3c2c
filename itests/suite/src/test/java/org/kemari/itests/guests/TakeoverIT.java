package org.kemari.itests.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kemari.api.management.TakeoverView;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.guest.GuestControl;
import org.kemari.itests.guest.GuestPorts;
import org.kemari.itests.guest.RecordCheck;
import org.kemari.itests.guest.RecordClient;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.KemariHost;

/**
 * One guest survives host after host: whichever runs it is killed under load, in a random way at a random time; the
 * dead host is started again and becomes the standby of the other. All the time one client appends records to a file
 * and one writes to a raw disk, over one TCP connection each.
 */
class TakeoverIT extends GuestCase {
    private static final int KILLS = Integer.getInteger("kemari.kills", 5);

    /** Ways for a host to die. */
    private enum Death {
        EVERYTHING_AT_ONCE,
        HYPERVISOR_FIRST,
        KEMARI_FIRST,
        HYPERVISOR_ONLY,
        KEMARI_ONLY;

        void befall(KemariHost host, Random random) throws InterruptedException {
            switch (this) {
                case EVERYTHING_AT_ONCE -> host.killEverything();
                case HYPERVISOR_FIRST -> {
                    host.killHypervisors();
                    Thread.sleep(random.nextInt(50));
                    host.killEverything();
                }
                case KEMARI_FIRST -> {
                    host.killJvm();
                    Thread.sleep(random.nextInt(50));
                    host.killEverything();
                }
                case HYPERVISOR_ONLY -> host.killHypervisors();
                case KEMARI_ONLY -> host.killJvm();
                default -> throw new IllegalStateException(name());
            }
        }
    }

    @ParameterizedTest(name = "vcpus {0}")
    @ValueSource(ints = {1, 2})
    void a_guest_survives_every_kill_of_its_host(int vcpus) throws Exception {
        KemariHost primary = guests.east();
        DomainSpec domain = domain("takeover").vcpus(vcpus).yaml("  epochsInFlight: " + vcpus + "\n");
        ext4(domain, primary, "data", 32 << 20);
        raw(domain, "raw", 64 << 20, vcpus);
        String bootId;
        try (GuestControl control = startGuest(domain, primary)) {
            bootId = control.bootId();
            control.ask("dirty 16 500");
        }
        RecordClient records = RecordClient.start(GUEST, GuestPorts.RECORD, 1, 0);
        RecordClient raws = RecordClient.start(GUEST, GuestPorts.RAW, 1, 1_000_000);
        for (int kill = 0; kill < KILLS; kill++) {
            protect(domain, primary);
            awaitAnswers(records, 3);
            Thread.sleep(guests.random().nextInt(1500));
            Death death = Death.values()[(kill + vcpus) % Death.values().length];
            KemariHost survivor = guests.other(primary);
            String what = "kill " + kill + " of " + primary.name() + ", " + death;
            death.befall(primary, guests.random());
            survivor.console().awaitState(domain.name(), PATIENCE, "SOLO");
            awaitAnswers(records, 3);
            awaitAnswers(raws, 3);
            tell(what, survivor.console().domain(domain.name()).getLastTakeover());
            try (GuestControl control = GuestControl.await(GUEST, PATIENCE)) {
                assertThat(control.bootId()).as(what).isEqualTo(bootId);
            }
            if (kill + 1 < KILLS) {
                guests.revive(primary);
            }
            primary = survivor;
        }
        List<Long> acknowledged = numbers(records.finish());
        List<Long> written = numbers(raws.finish());
        assertThat(records.failure()).isEmpty();
        assertThat(raws.failure()).isEmpty();
        stop(domain, primary);
        assertRecords(domain.disks().get(0).on(primary), acknowledged);
        Path raw = domain.disks().get(1).on(primary);
        assertThat(RecordCheck.ofRawDisk(Files.readAllBytes(raw), written).faults())
                .isEmpty();
    }

    private static void tell(String what, TakeoverView view) {
        System.out.printf(
                "kemari: %s: epoch %d, %d pending; ms after detection: decided %.1f, loaded %.1f, running %.1f%n",
                what,
                view.getEpoch(),
                view.getPendingRequests(),
                view.getDecidedMicros() / 1e3,
                view.getLoadedMicros() / 1e3,
                view.getResumedMicros() / 1e3);
    }

    /** A host that hangs says nothing, not even that its connections end: only its silence tells. */
    @Test
    void a_frozen_host_is_taken_over_and_ends_its_guest_when_it_goes_on() throws Exception {
        KemariHost primary = guests.east();
        KemariHost survivor = guests.west();
        DomainSpec domain = domain("frozen");
        ext4(domain, primary, "data", 32 << 20);
        startGuest(domain, primary).close();
        protect(domain, primary);
        RecordClient records = RecordClient.start(GUEST, GuestPorts.RECORD, 1, 0);
        awaitAnswers(records, 20);
        primary.freeze();
        survivor.console().awaitState(domain.name(), PATIENCE, "SOLO");
        awaitAnswers(records, 20);
        primary.thaw();
        // two hosts run it for a moment; only one is ever heard
        Await.until("the old primary has ended its guest", PATIENCE, () -> primary.hypervisorPids()
                .isEmpty());
        awaitAnswers(records, 20);
        List<Long> acknowledged = numbers(records.finish());
        assertThat(records.failure()).isEmpty();
        stop(domain, survivor);
        assertRecords(domain.disks().get(0).on(survivor), acknowledged);
    }

    /** Both hosts live, neither hears the other, both reach the arbiter: one of them goes on, whichever it is. */
    @Test
    void a_cut_cable_leaves_one_owner() throws Exception {
        KemariHost primary = guests.east();
        DomainSpec domain = domain("cut");
        ext4(domain, primary, "data", 32 << 20);
        GuestControl control = startGuest(domain, primary);
        String bootId = control.bootId();
        protect(domain, primary);
        RecordClient records = RecordClient.start(GUEST, GuestPorts.RECORD, 1, 0);
        awaitAnswers(records, 20);
        guests.lab().network().cut(primary.name());
        Thread.sleep(2000);
        guests.lab().network().mend(primary.name());
        awaitAnswers(records, 20);
        Await.until(
                "one hypervisor is left",
                PATIENCE,
                () -> primary.hypervisorPids().size()
                                + guests.other(primary).hypervisorPids().size()
                        == 1);
        KemariHost owner = primary.hypervisorPids().isEmpty() ? guests.other(primary) : primary;
        owner.console().awaitState(domain.name(), PATIENCE, "SOLO");
        awaitAnswers(records, 20);
        assertThat(control.bootId()).isEqualTo(bootId);
        control.close();
        List<Long> acknowledged = numbers(records.finish());
        assertThat(records.failure()).isEmpty();
        stop(domain, owner);
        assertRecords(domain.disks().get(0).on(owner), acknowledged);
    }
}
