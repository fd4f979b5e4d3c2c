package org.kemari.eventtap.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kemari.eventtap.internal.HoldTest.TIMEOUT;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.stats.NativeMemoryUse;
import org.kemari.linux.internal.MemoryAccount;

/** Memory outside the heap is accounted for, and all of a domain's is given back. */
class NativeMemoryTest {
    @TempDir
    Path directory;

    private static List<NativeMemoryUse> uses() {
        return new MemoryAccount().uses();
    }

    @Test
    void closingATapGivesBackAllThatItHad() throws Exception {
        List<NativeMemoryUse> before;
        try (Bench bench = new Bench(directory.resolve("warm-up")).booted()) {
            assertThat(bench.disk.status(bench.disk.flush(0))).isZero();
        }
        before = uses();
        assertThat(before).noneMatch(use -> use.domain().equals("web"));
        try (Bench bench = new Bench(directory).booted()) {
            bench.tap.hold(TIMEOUT);
            bench.tap.logChanges("west", 7);
            bench.tap.runAhead("west");
            assertThat(bench.disk.status(bench.disk.write(0, 8, new byte[4096])))
                    .isZero();
            HoldTest.checkpoint(bench, 1);
            assertThat(uses())
                    .filteredOn(use -> use.domain().equals("web"))
                    .extracting(NativeMemoryUse::use)
                    .containsExactly("guest memory, for the tap", "marks of what was written", "writes that ran ahead");
            assertThat(uses())
                    .contains(new NativeMemoryUse(
                            "web", "guest memory, for the tap", bench.front.ramBytes - FrontEnd.GUARD));
        }
        assertThat(uses()).isEqualTo(before);
    }
}
