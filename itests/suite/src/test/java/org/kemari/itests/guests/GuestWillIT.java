package org.kemari.itests.guests;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.kemari.api.management.DomainMXBean;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.guest.GuestControl;
import org.kemari.itests.guest.GuestPorts;
import org.kemari.itests.guest.RecordClient;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.KemariHost;

/** What a guest does of its own will is not a failure, and nobody takes it over for that. */
class GuestWillIT extends GuestCase {
    @Test
    void a_guest_that_resets_itself_stays_protected() throws Exception {
        KemariHost primary = guests.east();
        DomainSpec domain = domain("reset");
        ext4(domain, primary, "data", 32 << 20);
        raw(domain, "raw", 16 << 20, 1);
        GuestControl control = startGuest(domain, primary);
        String bootId = control.bootId();
        protect(domain, primary);
        control.ask("scribble vdb 2 1");
        Thread.sleep(guests.random().nextInt(300));
        control.tell("reboot");
        control.close();
        DomainMXBean bean = primary.console().domain(domain.name());
        Await.until("the reset is counted", PATIENCE, () -> bean.getGuestResets() >= 1);
        String second;
        try (GuestControl again = GuestControl.await(GUEST, PATIENCE)) {
            second = again.bootId();
        }
        assertThat(second).isNotEqualTo(bootId);
        assertThat(bean.getState()).isEqualTo("PROTECTED");
        assertThat(guests.west().console().domain(domain.name()).getRole()).isEqualTo("STANDBY");

        // and the protection is good for something
        RecordClient records = RecordClient.start(GUEST, GuestPorts.RECORD, 1, 0);
        awaitAnswers(records, 10);
        primary.killEverything();
        guests.west().console().awaitState(domain.name(), PATIENCE, "SOLO");
        awaitAnswers(records, 10);
        try (GuestControl again = GuestControl.await(GUEST, PATIENCE)) {
            assertThat(again.bootId()).isEqualTo(second);
        }
        var acknowledged = numbers(records.finish());
        stop(domain, guests.west());
        assertRecords(domain.disks().get(0).on(guests.west()), acknowledged);
    }

    @Test
    void a_guest_that_crashes_starts_again_and_stays_protected() throws Exception {
        KemariHost primary = guests.east();
        DomainSpec domain = domain("crash");
        GuestControl control = startGuest(domain, primary);
        protect(domain, primary);
        control.tell("crash");
        control.close();
        DomainMXBean bean = primary.console().domain(domain.name());
        // a kernel that restarts itself asks for it in several ways, until one has an effect: each may be counted
        Await.until("the reset is counted", PATIENCE, () -> bean.getGuestResets() >= 1);
        GuestControl.await(GUEST, PATIENCE).close();
        assertThat(bean.getState()).isEqualTo("PROTECTED");
        stop(domain, primary);
    }

    @Test
    void a_guest_that_powers_itself_off_ends_on_both_hosts() throws Exception {
        KemariHost primary = guests.east();
        DomainSpec domain = domain("poweroff");
        ext4(domain, primary, "data", 32 << 20);
        GuestControl control = startGuest(domain, primary);
        protect(domain, primary);
        control.tell("poweroff");
        control.close();
        primary.console().awaitState(domain.name(), PATIENCE, "STOPPED");
        guests.west().console().awaitState(domain.name(), PATIENCE, "STOPPED");
        assertThat(primary.console().domain(domain.name()).getReason()).containsIgnoringCase("power");
        assertThat(guests.west().console().domain(domain.name()).getLastTakeover())
                .isNull();
        Await.until(
                "no hypervisor is left",
                PATIENCE,
                () -> primary.hypervisorPids().isEmpty()
                        && guests.west().hypervisorPids().isEmpty());
    }

    @Test
    void a_guest_is_given_time_to_power_itself_off() throws Exception {
        KemariHost primary = guests.east();
        DomainSpec domain = domain("button");
        startGuest(domain, primary).close();
        primary.console().domain(domain.name()).stop(20);
        primary.console().awaitState(domain.name(), PATIENCE, "STOPPED");
    }
}
