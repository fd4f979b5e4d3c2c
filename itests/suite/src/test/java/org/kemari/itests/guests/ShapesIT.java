package org.kemari.itests.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.guest.GuestControl;
import org.kemari.itests.guest.GuestDisks;
import org.kemari.itests.guest.GuestPorts;
import org.kemari.itests.guest.RecordClient;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.KemariHost;
import org.kemari.itests.lab.Lab;

/** Guests of other shapes: busy mirrored disks, much memory, a firmware that boots from the disk. */
class ShapesIT extends GuestCase {
    @ParameterizedTest(name = "queues {0}")
    @ValueSource(ints = {1, 2})
    void mirrored_disks_are_equal_to_the_byte(int queues) throws Exception {
        KemariHost primary = guests.east();
        DomainSpec domain = domain("mirror").vcpus(2);
        ext4(domain, primary, "data", 32 << 20);
        raw(domain, "raw", 64 << 20, queues);
        try (GuestControl control = startGuest(domain, primary)) {
            // what is written before and during the first copy has to arrive as well
            control.ask("scribble vdb 3 " + guests.random().nextInt(1000));
            protect(domain, primary);
            Thread.sleep(4000);
            control.ask("quiesce");
        }
        long epoch = primary.console().domain(domain.name()).getEpoch();
        Await.until(
                "everything is committed and applied",
                PATIENCE,
                () -> guests.west().console().transfer(domain.name()).getAppliedEpoch() > epoch + 1);
        stop(domain, primary);
        for (DomainSpec.DiskSpec disk : domain.disks()) {
            assertThat(GuestDisks.firstDifference(disk.on(guests.east()), disk.on(guests.west())))
                    .as("first difference of " + disk.id())
                    .isEqualTo(-1);
        }
    }

    @Test
    void a_guest_of_three_gibibytes_is_taken_over() throws Exception {
        KemariHost primary = guests.east();
        DomainSpec domain = domain("big").memory(3072).vcpus(2);
        ext4(domain, primary, "data", 32 << 20);
        GuestControl control = startGuest(domain, primary);
        String bootId = control.bootId();
        // more than one region's worth of memory that has something in it
        control.ask("dirty 2560 2000");
        protect(domain, primary);
        RecordClient records = RecordClient.start(GUEST, GuestPorts.RECORD, 1, 0);
        awaitAnswers(records, 20);
        primary.killEverything();
        guests.west().console().awaitState(domain.name(), PATIENCE, "SOLO");
        awaitAnswers(records, 20);
        assertThat(control.bootId()).isEqualTo(bootId);
        control.close();
        var acknowledged = numbers(records.finish());
        stop(domain, guests.west());
        assertRecords(domain.disks().get(0).on(guests.west()), acknowledged);
    }

    @Test
    void a_firmware_boots_its_disk_again_after_a_takeover() throws Exception {
        KemariHost primary = guests.east();
        DomainSpec domain = domain("ovmf").firmware("ovmf").memory(512).commandLine("kemari.data=none");
        Path boot = guests.image()
                .buildBootDisk(primary.files().disks().resolve(domain.name() + ".img"), domain.kernelCommandLine());
        GuestDisks.makeEmpty(
                guests.west().files().disks().resolve(domain.name() + ".img"),
                boot.toFile().length());
        domain.mirrored("boot", domain.name() + ".img", 1);
        GuestControl control = startGuest(domain, primary);
        String bootId = control.bootId();
        protect(domain, primary);
        Path variables = Path.of(domain.name(), "vars.fd");
        assertThat(guests.west().files().stateRoot().resolve(variables))
                .as("UEFI variables, which the guest's firmware has written at its boot")
                .hasSameBinaryContentAs(primary.files().stateRoot().resolve(variables));
        primary.killEverything();
        guests.west().console().awaitState(domain.name(), PATIENCE, "SOLO");
        assertThat(control.bootId()).isEqualTo(bootId);
        control.tell("reboot");
        control.close();
        Await.until("the guest has booted again", PATIENCE, () -> {
            try (GuestControl again = GuestControl.connect(GUEST)) {
                return !again.bootId().equals(bootId);
            }
        });
        stop(domain, guests.west());
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"pc"})
    void other_machines_are_taken_over(String machine) throws Exception {
        KemariHost primary = guests.east();
        DomainSpec domain = domain("machine").machine(machine);
        ext4(domain, primary, "data", 32 << 20);
        GuestControl control = startGuest(domain, primary);
        String bootId = control.bootId();
        protect(domain, primary);
        RecordClient records = RecordClient.start(GUEST, GuestPorts.RECORD, 1, 0);
        awaitAnswers(records, 10);
        primary.killEverything();
        guests.west().console().awaitState(domain.name(), PATIENCE, "SOLO");
        awaitAnswers(records, 10);
        assertThat(control.bootId()).isEqualTo(bootId);
        control.close();
        var acknowledged = numbers(records.finish());
        stop(domain, guests.west());
        assertRecords(domain.disks().get(0).on(guests.west()), acknowledged);
    }

    @Test
    void a_shared_disk_is_executed_on_by_one_host_only() throws Exception {
        KemariHost primary = guests.east();
        DomainSpec domain = domain("shared");
        Path disk = guests.lab().workspace().resolve("shared").resolve(domain.name() + ".img");
        GuestDisks.makeExt4(disk, 32 << 20);
        domain.shared("data", disk, 1);
        GuestControl control = startGuest(domain, primary);
        String bootId = control.bootId();
        protect(domain, primary);
        RecordClient records = RecordClient.start(GUEST, GuestPorts.RECORD, 1, 0);
        awaitAnswers(records, 20);
        primary.killEverything();
        guests.west().console().awaitState(domain.name(), PATIENCE, "SOLO");
        awaitAnswers(records, 20);
        assertThat(control.bootId()).isEqualTo(bootId);
        control.close();
        var acknowledged = numbers(records.finish());
        stop(domain, guests.west());
        assertRecords(disk, acknowledged);
        Lab.deleteTree(disk.getParent());
    }
}
