package org.kemari.itests.endurance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A small part of what {@code ./kemari endure} does: every failure once, every moment twice, and some deaths in a row. */
class EnduranceIT {
    private static final int KILLS = Integer.getInteger("kemari.kills", 4);
    private static final List<String> POLICIES = List.of("hold", "run-ahead");
    private static final long SEED = Long.getLong("kemari.seed", System.nanoTime());

    private static Rig rig;

    @BeforeAll
    static void open() {
        System.out.println("kemari: -Dkemari.seed=" + SEED);
        rig = new Rig(SEED);
    }

    @AfterAll
    static void close() {
        rig.close();
    }

    /** Half of them under each write policy; the seed tells which. */
    @Test
    void every_failure_at_some_moment() throws Exception {
        Map<String, List<Endurance.Cell>> cells = new HashMap<>();
        for (Failure failure : Failure.values()) {
            Moment moment = Moment.values()[failure.ordinal() % Moment.values().length];
            String policy = POLICIES.get((int) ((failure.ordinal() + SEED) & 1));
            cells.computeIfAbsent(policy, p -> new ArrayList<>()).add(new Endurance.Cell(failure, moment));
        }
        for (String policy : POLICIES) {
            under(policy, cells.get(policy).size(), endurance -> endurance.matrix(cells.get(policy)));
        }
    }

    @Test
    void deaths_in_a_row() throws Exception {
        for (String policy : POLICIES) {
            under(policy, KILLS, endurance -> endurance.kills(KILLS));
        }
    }

    private interface Work {
        void with(Endurance endurance) throws Exception;
    }

    private static void under(String policy, int trials, Work work) throws Exception {
        System.out.println("kemari: " + policy);
        rig.writePolicy(policy);
        Endurance endurance = new Endurance(rig, System.out::println);
        work.with(endurance);
        assertThat(endurance.trials()).hasSize(trials).allMatch(Trial::isGood);
        assertThat(endurance.acknowledged()).isPositive();
    }
}
