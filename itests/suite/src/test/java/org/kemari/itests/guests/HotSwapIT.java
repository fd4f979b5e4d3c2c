package org.kemari.itests.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.guest.HotSwap;
import org.kemari.itests.lab.HostBundles.Exchange;
import org.kemari.itests.lab.KemariHost;

/** Bundles are exchanged while a guest serves a client and is protected. */
class HotSwapIT extends ServingCase {
    /** By its last name; how it is exchanged on the primary. */
    private record Swap(String bundle, Exchange how) {}

    private static final List<Swap> ON_THE_PRIMARY = List.of(
            new Swap("shell", Exchange.UPDATE),
            new Swap("management", Exchange.UPDATE),
            new Swap("link", Exchange.UPDATE),
            new Swap("link", Exchange.STOP_AND_START),
            new Swap("arbiter-local", Exchange.UPDATE),
            new Swap("health", Exchange.UPDATE),
            new Swap("health", Exchange.STOP_AND_START),
            new Swap("ring-restoration", Exchange.UPDATE),
            new Swap("state-transfer", Exchange.UPDATE),
            new Swap("protection", Exchange.UPDATE),
            new Swap("protection", Exchange.REFRESH),
            new Swap("hypervisor-qemu", Exchange.UPDATE),
            new Swap("config", Exchange.RESTART),
            new Swap("event-tap", Exchange.UPDATE),
            new Swap("event-tap", Exchange.STOP_AND_START));

    private static final List<Swap> ON_THE_STANDBY = List.of(
            new Swap("link", Exchange.UPDATE),
            new Swap("health", Exchange.UPDATE),
            new Swap("ring-restoration", Exchange.UPDATE),
            new Swap("state-transfer", Exchange.STOP_AND_START),
            new Swap("event-tap", Exchange.UPDATE),
            new Swap("protection", Exchange.UPDATE));

    @Test
    void a_guest_serves_its_client_and_stays_where_it_is() throws Exception {
        whileServing("swap", (domain, swapping) -> {
            for (Swap swap : ON_THE_PRIMARY) {
                exchange(swapping, domain, guests.east(), swap);
            }
            for (Swap swap : ON_THE_STANDBY) {
                exchange(swapping, domain, guests.west(), swap);
            }
        });
    }

    private void exchange(HotSwap swapping, DomainSpec domain, KemariHost host, Swap swap)
            throws IOException, TimeoutException {
        long writes = guests.east().console().tap(domain.name(), "data").getWrites();
        HotSwap.Outcome outcome = swapping.exchange(host, swap.bundle(), swap.how());
        if (host != guests.east() || !swap.bundle().equals("event-tap")) {
            assertThat(guests.east().console().tap(domain.name(), "data").getWrites())
                    .as("the tap of before has gone on serving the guest")
                    .isGreaterThan(writes);
        }
        say(swap.how() + " of " + swap.bundle(), host.name(), outcome);
    }
}
