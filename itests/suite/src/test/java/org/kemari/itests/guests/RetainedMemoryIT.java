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

    @Test
    void memory_survives_switchovers_and_little_of_it_travels() throws Exception {
        KemariHost primary = guests.east();
        DomainSpec domain = domain("retained").vcpus(2).memory(256);
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
