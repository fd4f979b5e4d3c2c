package org.kemari.itests.guests;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.kemari.api.management.DomainMXBean;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.guest.GuestControl;
import org.kemari.itests.guest.GuestPorts;
import org.kemari.itests.guest.RecordClient;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.Faults;
import org.kemari.itests.lab.KemariHost;

/** Losses that are no takeover. */
class LossIT extends GuestCase {
    @Test
    void a_guest_outlives_its_standby_and_is_protected_again() throws Exception {
        KemariHost primary = guests.east();
        DomainSpec domain = domain("standby");
        ext4(domain, primary, "data", 32 << 20);
        GuestControl control = startGuest(domain, primary);
        String bootId = control.bootId();
        protect(domain, primary);
        DomainMXBean bean = primary.console().domain(domain.name());
        long generation = bean.getGeneration();
        RecordClient records = RecordClient.start(GUEST, GuestPorts.RECORD, 1, 0);
        awaitAnswers(records, 10);
        guests.west().killEverything();
        primary.console().awaitState(domain.name(), PATIENCE, "SOLO");
        assertThat(bean.getGeneration()).isGreaterThan(generation);
        assertThat(bean.getReason()).isNotEmpty();
        awaitAnswers(records, 10);
        guests.revive(guests.west());
        protect(domain, primary);
        awaitAnswers(records, 10);
        assertThat(control.bootId()).isEqualTo(bootId);
        control.close();
        var acknowledged = numbers(records.finish());
        stop(domain, primary);
        assertRecords(domain.disks().get(0).on(primary), acknowledged);
    }

    /** Nothing is reset and nothing is closed: what is being sent to the standby just never gets there. */
    @Test
    void a_guest_outlives_a_standby_that_stops_in_the_middle_of_much_data() throws Exception {
        KemariHost primary = guests.east();
        DomainSpec domain = domain("stopped").memory(512);
        ext4(domain, primary, "data", 32 << 20);
        GuestControl control = startGuest(domain, primary);
        String bootId = control.bootId();
        protect(domain, primary);
        RecordClient records = RecordClient.start(GUEST, GuestPorts.RECORD, 1, 0);
        control.ask("dirty 128 0");
        awaitAnswers(records, 10);
        try (Faults.Fault stopped = guests.lab().faults().freeze(guests.west())) {
            assertThat(stopped).isNotNull();
            primary.console().awaitState(domain.name(), PATIENCE, "SOLO");
            awaitAnswers(records, 10);
        }
        protect(domain, primary);
        DomainMXBean bean = primary.console().domain(domain.name());
        bean.unprotect();
        primary.console().awaitState(domain.name(), PATIENCE, "SOLO");
        bean.protect(guests.west().name());
        Await.until("the copy is under way", PATIENCE, () -> bean.getSyncBytesDone() > 0);
        try (Faults.Fault stopped = guests.lab().faults().freeze(guests.west())) {
            assertThat(stopped).isNotNull();
            primary.console().awaitState(domain.name(), PATIENCE, "SOLO");
            awaitAnswers(records, 10);
        }
        protect(domain, primary);
        control.ask("dirty 0 0");
        awaitAnswers(records, 10);
        assertThat(control.bootId()).isEqualTo(bootId);
        control.close();
        var acknowledged = numbers(records.finish());
        assertThat(records.failure()).isEmpty();
        stop(domain, primary);
        assertRecords(domain.disks().get(0).on(primary), acknowledged);
    }

    @Test
    void nobody_takes_over_a_guest_whose_first_copy_is_not_complete() throws Exception {
        KemariHost primary = guests.east();
        DomainSpec domain = domain("sync").memory(512);
        raw(domain, "raw", 256 << 20, 1);
        GuestControl control = startGuest(domain, primary);
        control.ask("dirty 256 0");
        control.ask("scribble vda 2 3");
        DomainMXBean bean = primary.console().domain(domain.name());
        bean.protect(guests.west().name());
        Await.until("the copy is under way", PATIENCE, () -> bean.getSyncBytesDone() > 0);
        assertThat(bean.isProtected()).isFalse();
        primary.killEverything();
        control.close();
        guests.west().console().awaitState(domain.name(), PATIENCE, "STOPPED");
        assertThat(guests.west().console().domain(domain.name()).getLastTakeover())
                .isNull();
        assertThat(guests.west().hypervisorPids()).isEmpty();
    }

    @Test
    void a_standby_that_dies_during_the_first_copy_leaves_the_guest_alone() throws Exception {
        KemariHost primary = guests.east();
        DomainSpec domain = domain("half").memory(512);
        GuestControl control = startGuest(domain, primary);
        control.ask("dirty 256 0");
        DomainMXBean bean = primary.console().domain(domain.name());
        bean.protect(guests.west().name());
        Await.until("the copy is under way", PATIENCE, () -> bean.getSyncBytesDone() > 0);
        guests.west().killEverything();
        primary.console().awaitState(domain.name(), PATIENCE, "SOLO");
        assertThat(control.ask("status")).containsKey("boot");
        control.close();
        guests.revive(guests.west());
        protect(domain, primary);
        stop(domain, primary);
    }

    @Test
    void a_guest_outlives_the_kemari_that_serves_it() throws Exception {
        KemariHost host = guests.east();
        DomainSpec domain = domain("orphan");
        ext4(domain, host, "data", 32 << 20);
        GuestControl control = startGuest(domain, host);
        String bootId = control.bootId();
        long generation = host.console().domain(domain.name()).getGeneration();
        RecordClient records = RecordClient.start(GUEST, GuestPorts.RECORD, 1, 0);
        awaitAnswers(records, 20);
        host.killJvm();
        Await.until("the JVM is gone", PATIENCE, () -> !host.isRunning());
        host.start();
        host.awaitReady().awaitState(domain.name(), PATIENCE, "SOLO");
        assertThat(host.console().domain(domain.name()).getGeneration()).isGreaterThan(generation);
        awaitAnswers(records, 20);
        assertThat(control.bootId()).isEqualTo(bootId);
        control.close();
        var acknowledged = numbers(records.finish());
        assertThat(records.failure()).isEmpty();
        stop(domain, host);
        assertRecords(domain.disks().get(0).on(host), acknowledged);
    }
}
