package org.kemari.itests.endurance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A small part of what {@code ./kemari endure} does: every failure once, every moment twice, and some deaths in a row. */
class EnduranceIT {
    private static final int KILLS = Integer.getInteger("kemari.kills", 5);

    private static Rig rig;

    @BeforeAll
    static void open() {
        long seed = Long.getLong("kemari.seed", System.nanoTime());
        System.out.println("kemari: -Dkemari.seed=" + seed);
        rig = new Rig(seed);
    }

    @AfterAll
    static void close() {
        rig.close();
    }

    @Test
    void every_failure_at_some_moment() throws Exception {
        List<Endurance.Cell> cells = new ArrayList<>();
        for (Failure failure : Failure.values()) {
            cells.add(new Endurance.Cell(failure, Moment.values()[failure.ordinal() % Moment.values().length]));
        }
        Endurance endurance = new Endurance(rig, System.out::println);
        endurance.matrix(cells);
        assertThat(endurance.trials()).hasSize(cells.size()).allMatch(Trial::isGood);
        assertThat(endurance.acknowledged()).isPositive();
    }

    @Test
    void deaths_in_a_row() throws Exception {
        Endurance endurance = new Endurance(rig, System.out::println);
        endurance.kills(KILLS);
        assertThat(endurance.trials()).hasSize(KILLS).allMatch(Trial::isGood);
        assertThat(endurance.acknowledged()).isPositive();
    }
}
