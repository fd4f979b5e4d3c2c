package org.kemari.itests.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.kemari.itests.lab.OwnerWatch.Stretch;
import org.kemari.itests.lab.OwnerWatch.View;

class OwnerWatchTest {
    private static Stretch seen(String host, String role, String state, long generation, long from, long to) {
        return new Stretch(host, new View(role, state, generation, "", 0), from, to);
    }

    @Test
    void a_takeover_is_no_fault() {
        assertThat(OwnerWatch.faults(List.of(
                        seen("east", "PRIMARY", "PROTECTED", 1, 0, 100),
                        seen("west", "STANDBY", "READY", 1, 0, 50),
                        // east stood still, and says afterwards what it believed before
                        seen("west", "PRIMARY", "SOLO", 2, 60, 200),
                        seen("east", "NONE", "STOPPED", 2, 110, 200),
                        seen("west", "PRIMARY", "PROTECTED", 2, 210, 300))))
                .isEmpty();
    }

    @Test
    void one_after_the_other_is_no_fault_and_both_at_a_time_is() {
        Stretch east = seen("east", "PRIMARY", "SOLO", 1, 0, 100);
        assertThat(OwnerWatch.faults(List.of(east, seen("west", "PRIMARY", "SYNCING", 2, 100, 200))))
                .isEmpty();
        assertThat(OwnerWatch.faults(List.of(east, seen("west", "PRIMARY", "SYNCING", 2, 99, 200))))
                .singleElement()
                .asString()
                .contains("at the same time", "east", "west");
        assertThat(OwnerWatch.faults(List.of(east, seen("west", "PRIMARY", "SOLO", 2, 50, 40))))
                .as("seen only once: when it began and ended is not known")
                .isEmpty();
    }

    @Test
    void two_owners_of_a_generation_are_a_fault_whenever_they_were() {
        assertThat(OwnerWatch.faults(List.of(
                        seen("east", "PRIMARY", "PROTECTED", 3, 0, 10), seen("west", "PRIMARY", "SOLO", 3, 90, 80))))
                .singleElement()
                .asString()
                .contains("one generation", "east", "west");
    }
}
