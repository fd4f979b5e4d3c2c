package org.kemari.itests.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SearchTest {
    private static final String FULL =
            """
            Full statespace search for:
            State-vector 100 byte, depth reached 220, errors: 0
              1911709 states, stored
            unreached in proctype Kemari
            \tkemari.pml:182, state 515, "late[i].was.owner = 0"
            \tkemari.pml:731, state 1004, "-end-"
            \t(22 of 1004 states)
            """;

    @Test
    void aFullSearch() {
        Search search = new Search(FULL);
        assertThat(search.notExhaustive()).isEmpty();
        assertThat(search.errors()).isZero();
        assertThat(search.states()).isEqualTo(1_911_709);
        assertThat(search.unreached()).containsExactly("late[i].was.owner = 0", "-end-");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "error: max search depth too small",
                "Warning: Search not completed",
                "pan: reached -DMEMLIM bound",
                "pan: out of memory",
            })
    void aSearchThatHasLeftSomethingOut(String line) {
        assertThat(new Search(line + "\n" + FULL).notExhaustive()).isPresent();
    }

    @Test
    void aSearchThatKeepsHashesInsteadOfStates() {
        assertThat(new Search(FULL.replace("Full", "Bit")).notExhaustive()).isPresent();
    }
}
