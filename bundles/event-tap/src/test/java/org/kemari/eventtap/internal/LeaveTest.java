package org.kemari.eventtap.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.domain.DiskDefinition;
import org.kemari.api.domain.DiskMode;
import org.kemari.api.tap.DomainTap;
import org.kemari.api.tap.TapRequest;

/** Taps that outlive whoever opened them. */
class LeaveTest {
    @TempDir
    Path directory;

    @Test
    void aTapThatIsLeftServesItsGuestUntilSomebodyComesForIt() throws Exception {
        try (Bench bench = new Bench(directory).booted()) {
            bench.tap.hold(HoldTest.TIMEOUT);
            GuestDisk.Sent held = bench.disk.write(0, 0, Bench.pattern(1, 4096));
            HoldTest.awaitHeld(bench, 1);
            bench.tap.passThrough();
            bench.tap.leave();
            assertThat(bench.disk.status(held)).isZero();
            assertThat(bench.disk.status(bench.disk.write(0, 8, Bench.pattern(2, 4096))))
                    .isZero();
            assertThat(bench.onDisk(8, 4096)).isEqualTo(Bench.pattern(2, 4096));

            assertThat(bench.service.adopt(bench.request)).isSameAs(bench.tap);
            bench.tap.hold(HoldTest.TIMEOUT);
            GuestDisk.Sent third = bench.disk.write(0, 16, Bench.pattern(3, 4096));
            HoldTest.awaitHeld(bench, 1);
            assertThat(bench.disk.isDone(third)).isFalse();
            bench.tap.passThrough();
            assertThat(bench.disk.status(third)).isZero();
        }
    }

    @Test
    void oneThatServesOtherDevicesIsReplaced() throws Exception {
        try (Bench bench = new Bench(directory)) {
            bench.tap.leave();
            DiskDefinition other = new DiskDefinition("other", bench.diskFile, DiskMode.SHARED, false, 1);
            TapRequest wanted = new TapRequest(Bench.domain(List.of(other), List.of()), bench.paths, false);
            try (DomainTap fresh = bench.service.adopt(wanted)) {
                assertThat(fresh).isNotSameAs(bench.tap);
                assertThat(fresh.status()).extracting("device").containsExactly("other");
            }
        }
    }

    @Test
    void oneThatIsNotLeftIsNobodysToTake() throws Exception {
        try (Bench bench = new Bench(directory)) {
            DiskDefinition other =
                    new DiskDefinition("root", directory.resolve("other.raw"), DiskMode.SHARED, false, 1);
            Files.write(other.path(), new byte[1 << 20]);
            TapRequest wanted = new TapRequest(Bench.domain(List.of(other), List.of()), bench.paths, false);
            try (DomainTap fresh = bench.service.adopt(wanted)) {
                assertThat(fresh).isNotSameAs(bench.tap);
            }
        }
    }

    @Test
    void aGuestThatIsBootedAnewGetsATapOfItsOwn() throws Exception {
        try (Bench bench = new Bench(directory)) {
            bench.tap.leave();
            try (DomainTap fresh = bench.service.open(bench.request)) {
                assertThat(fresh).isNotSameAs(bench.tap);
            }
        }
    }
}
