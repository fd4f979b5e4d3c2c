package org.kemari.itests.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.kemari.api.management.TakeoverView;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.guest.GuestPorts;
import org.kemari.itests.guest.RecordClient;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.FenceDevice;
import org.kemari.itests.lab.KemariHost;

/** Nothing is executed before the old host has been fenced. */
class FenceIT extends GuestCase {
    @Test
    void a_takeover_waits_for_the_fence_and_the_old_host_is_dead_before_the_guest_runs() throws Exception {
        KemariHost primary = guests.east();
        KemariHost survivor = guests.west();
        FenceDevice fence = FenceDevice.attach(guests.lab(), survivor);
        try {
            fence.mode(FenceDevice.Mode.FAILING);
            DomainSpec domain = domain("fenced").standbys("east", "west").fence("always");
            ext4(domain, primary, "data", 32 << 20);
            startGuest(domain, primary).close();
            protect(domain, primary);
            // the definition is at odds with the host that cannot fence, and with no other
            assertThat(primary.console().host().getConfigurationProblems())
                    .singleElement()
                    .asString()
                    .contains("protection.fence");
            assertThat(survivor.console().host().getConfigurationProblems()).isEmpty();
            RecordClient records = RecordClient.start(GUEST, GuestPorts.RECORD, 1, 0);
            awaitAnswers(records, 20);

            primary.freeze();
            survivor.console().awaitState(domain.name(), PATIENCE, "FENCING");
            Await.until(
                    "the device has been asked twice",
                    PATIENCE,
                    () -> fence.calls().size() >= 2);
            assertThat(fence.calls()).containsOnly("east " + domain.name());
            int answers = records.count();
            assertThat(survivor.console().domain(domain.name()).getReason()).contains("east");
            fence.mode(FenceDevice.Mode.HANGING);
            int calls = fence.calls().size();
            Await.until(
                    "it is asked once more after one has hung",
                    PATIENCE,
                    () -> fence.calls().size() >= calls + 2);
            assertThat(survivor.console().domain(domain.name()).getState()).isEqualTo("FENCING");
            assertThat(records.count()).isEqualTo(answers);

            fence.mode(FenceDevice.Mode.WORKING);
            survivor.console().awaitState(domain.name(), PATIENCE, "SOLO");
            primary.awaitDead();
            awaitAnswers(records, 20);
            TakeoverView view = survivor.console().domain(domain.name()).getLastTakeover();
            assertThat(view.getFencedMicros()).isGreaterThan(view.getDecidedMicros());
            List<Long> acknowledged = numbers(records.finish());
            assertThat(records.failure()).isEmpty();
            stop(domain, survivor);
            assertRecords(domain.disks().get(0).on(survivor), acknowledged);
        } finally {
            FenceDevice.detach(survivor);
        }
    }
}
