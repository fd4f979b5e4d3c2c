package org.kemari.itests.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.kemari.api.management.StateTransferMXBean;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.guest.GuestControl;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.KemariHost;

/**
 * A guest is switched over again and again. Each time the memory that the old primary has kept is the beginning of the
 * new standby's image, so every mistake in what is thought to be equal adds up; the guest looks at its memory all the
 * time.
 */
class RetainedMemoryIT extends GuestCase {
    private static final int SWITCHOVERS = Integer.getInteger("kemari.switchovers", 10);
    private static final int MEMORY_MIB = Integer.getInteger("kemari.memory", 256);

    @Test
    void memory_survives_switchovers_and_little_of_it_travels() throws Exception {
        KemariHost primary = guests.east();
        DomainSpec domain = domain("retained").vcpus(2).memory(MEMORY_MIB);
        ext4(domain, primary, "data", 16 << 20);
        GuestControl control = startGuest(domain, primary);
        String bootId = control.bootId();
        control.ask("memory 16 1000");
        protect(domain, primary);
        long full = primary.console().transfer(domain.name()).getBytes();
        for (int i = 0; i < SWITCHOVERS; i++) {
            KemariHost next = guests.other(primary);
            long begun = System.nanoTime();
            primary.console().domain(domain.name()).switchover();
            next.console().awaitState(domain.name(), PATIENCE, "SOLO", "SYNCING", "JOINING", "PROTECTED");
            long running = System.nanoTime();
            next.console().awaitState(domain.name(), PATIENCE, "PROTECTED");
            StateTransferMXBean transfer = next.console().transfer(domain.name());
            long bytes = transfer.getBytes();
            System.out.printf(
                    "kemari: switchover %d to %s: runs there within %d ms, protected again %d ms later, %d of %d KiB sent%n",
                    i,
                    next.name(),
                    (running - begun) / 1_000_000,
                    (System.nanoTime() - running) / 1_000_000,
                    bytes >> 10,
                    full >> 10);
            assertThat(bytes).as("bytes of a new session").isLessThan(full / 3);
            primary = next;
            assertSound(control, bootId);
        }
        stop(domain, primary);
    }

    /** What can happen to the host that has just handed over, while its memory is being brought up to date. */
    private enum Mishap {
        NOTHING,
        LINK_CUT,
        STANDBY_KILLED,
        WAITING_HYPERVISOR_KILLED;

        void befall(Guests guests, KemariHost host) throws Exception {
            switch (this) {
                case LINK_CUT -> {
                    guests.lab().network().cut(host.name());
                    Thread.sleep(1500);
                    guests.lab().network().mend(host.name());
                }
                case STANDBY_KILLED -> {
                    host.killEverything();
                    guests.revive(host);
                }
                case WAITING_HYPERVISOR_KILLED -> host.killHypervisors();
                default -> {}
            }
        }
    }

    /** A memory that was half brought up to date must never count as that of a checkpoint. */
    @Test
    void memory_survives_mishaps_of_the_host_that_has_handed_over() throws Exception {
        KemariHost primary = guests.east();
        DomainSpec domain = domain("mishap")
                .vcpus(2)
                .memory(MEMORY_MIB)
                .standbys("east", "west")
                .automatic(true);
        ext4(domain, primary, "data", 16 << 20);
        String bootId;
        try (GuestControl control = startGuest(domain, primary)) {
            bootId = control.bootId();
            control.ask("memory 16 2000");
        }
        for (int i = 0; i < SWITCHOVERS; i++) {
            primary = guests.group().awaitProtected(domain.name(), PATIENCE);
            KemariHost next = guests.other(primary);
            Mishap mishap = Mishap.values()[i % Mishap.values().length];
            int delay = guests.random().nextInt(700);
            primary.console().domain(domain.name()).switchover();
            next.console().awaitRole(domain.name(), PATIENCE, "PRIMARY");
            Thread.sleep(delay);
            mishap.befall(guests, primary);
            // hosts that lost each other when the pair was whole again may both try to go on: either may win
            KemariHost now = guests.group().awaitProtected(domain.name(), PATIENCE);
            System.out.printf(
                    "kemari: switchover %d, %s after %d ms: protected again with %d KiB sent%n",
                    i, mishap, delay, now.console().transfer(domain.name()).getBytes() >> 10);
            try (GuestControl control = GuestControl.await(GUEST, PATIENCE)) {
                assertSound(control, bootId);
            }
        }
        stop(domain, guests.group().awaitProtected(domain.name(), PATIENCE));
    }

    /** Looks until the guest has been through all of it since now. */
    private static void assertSound(GuestControl control, String bootId) throws Exception {
        assertThat(control.bootId()).isEqualTo(bootId);
        long before = Long.parseLong(control.ask("memory").get("sweeps"));
        Await.until("the guest has looked at all its memory", PATIENCE, () -> {
            Map<String, String> found = control.ask("memory");
            assertThat(found).as("memory of the guest").containsEntry("faults", "0");
            return Long.parseLong(found.get("sweeps")) >= before + 2;
        });
    }
}
