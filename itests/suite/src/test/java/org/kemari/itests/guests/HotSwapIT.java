package org.kemari.itests.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.guest.GuestControl;
import org.kemari.itests.guest.GuestPorts;
import org.kemari.itests.guest.HotSwap;
import org.kemari.itests.guest.RecordClient;
import org.kemari.itests.lab.HostBundles.Exchange;
import org.kemari.itests.lab.KemariHost;
import org.kemari.itests.lab.OwnerWatch;

/** Bundles are exchanged while a guest serves a client and is protected. */
class HotSwapIT extends GuestCase {
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
        KemariHost primary = guests.east();
        KemariHost standby = guests.west();
        DomainSpec domain = domain("swap").standbys("east", "west").automatic(true);
        ext4(domain, primary, "data", 32 << 20);
        String bootId;
        try (GuestControl control = startGuest(domain, primary)) {
            bootId = control.bootId();
        }
        guests.group().awaitProtected(domain.name(), PATIENCE);
        RecordClient records = RecordClient.start(GUEST, GuestPorts.RECORD, 1, 0);
        awaitAnswers(records, 20);
        HotSwap swapping = new HotSwap(guests.group(), domain.name(), primary, records, PATIENCE);
        List<String> faults = new ArrayList<>();
        try (OwnerWatch watch = OwnerWatch.begin(domain.name(), guests.group().hosts())) {
            for (Swap swap : ON_THE_PRIMARY) {
                exchange(swapping, domain, primary, swap);
            }
            for (Swap swap : ON_THE_STANDBY) {
                exchange(swapping, domain, standby, swap);
            }
            faults.addAll(watch.faults());
            assertThat(watch.stretches().get(standby.name()))
                    .as("%s has never run it: %s", standby.name(), watch.story())
                    .noneMatch(s -> s.view().role().equals("PRIMARY"));
        }
        assertThat(faults).isEmpty();
        try (GuestControl control = GuestControl.await(GUEST, PATIENCE)) {
            assertThat(control.bootId()).isEqualTo(bootId);
        }
        List<Long> acknowledged = numbers(records.finish());
        assertThat(records.failure()).isEmpty();
        stop(domain, primary);
        assertRecords(domain.disks().get(0).on(primary), acknowledged);
        assertRecords(domain.disks().get(0).on(standby), acknowledged);
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
        System.out.printf(
                "kemari: %s of %s on %s: longest wait for an answer %d ms, protected after %d ms%n",
                swap.how(), swap.bundle(), host.name(), outcome.waitNanos() / 1_000_000, outcome.unprotectedMillis());
    }
}
