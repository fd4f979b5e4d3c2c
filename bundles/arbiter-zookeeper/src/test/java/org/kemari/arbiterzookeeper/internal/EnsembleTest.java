package org.kemari.arbiterzookeeper.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.arbiter.ArbiterException;
import org.kemari.api.arbiter.CasOutcome;
import org.kemari.api.arbiter.OwnershipRecord;

/** A real ensemble of the distribution's ZooKeeper loses its leader while two hosts compete. */
class EnsembleTest {
    private static final String DOMAIN = "web";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Fixture fixture = new Fixture();
    private DebianEnsemble ensemble;

    @TempDir
    private Path directory;

    @BeforeEach
    void start() throws Exception {
        ensemble = new DebianEnsemble(directory);
        ensemble.startAll();
        await(() -> ensemble.whole());
    }

    @AfterEach
    void end() throws Exception {
        fixture.close();
        ensemble.close();
    }

    private void await(java.util.concurrent.Callable<Boolean> condition) throws Exception {
        try {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(50))
                    .until(condition);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(ensemble.logs(), e);
        }
    }

    /** A host that wants to own the domain, again and again. */
    private static final class Competitor implements Runnable {
        private final String name;
        private final ZooKeeperArbiter arbiter;
        private final AtomicBoolean ending;
        private final AtomicInteger wins = new AtomicInteger();
        private final AtomicInteger unknowns = new AtomicInteger();
        private final Map<Long, OwnershipRecord> won = new HashMap<>();
        // the record that was expected by the change that was won
        private final Map<Long, OwnershipRecord> replaced = new HashMap<>();
        private final List<OwnershipRecord> unknown = new ArrayList<>();

        Competitor(String name, ZooKeeperArbiter arbiter, AtomicBoolean ending) {
            this.name = name;
            this.arbiter = arbiter;
            this.ending = ending;
        }

        @Override
        public void run() {
            long session = name.hashCode();
            Optional<OwnershipRecord> known = Optional.empty();
            // ends with a definite answer: nothing stays unknown
            boolean open = false;
            while (!ending.get() || open) {
                try {
                    if (known.isEmpty()) {
                        known = arbiter.read(DOMAIN);
                    }
                } catch (ArbiterException e) {
                    continue;
                }
                OwnershipRecord expected = known.orElseThrow();
                OwnershipRecord next =
                        new OwnershipRecord(DOMAIN, expected.generation() + 1, name, Optional.of("standby"), ++session);
                CasOutcome outcome = arbiter.compareAndSet(known, next);
                if (outcome instanceof CasOutcome.Won) {
                    won.put(next.generation(), next);
                    replaced.put(next.generation(), expected);
                    wins.incrementAndGet();
                    known = Optional.of(next);
                    open = false;
                } else if (outcome instanceof CasOutcome.Lost lost) {
                    known = lost.current();
                    open = false;
                } else {
                    unknown.add(next);
                    unknowns.incrementAndGet();
                    open = true;
                }
            }
        }
    }

    @Test
    void two_hosts_never_win_the_same_generation_though_leaders_die() throws Exception {
        ZooKeeperArbiter first = fixture.arbiter(ensemble.connect(), "requestTimeout", "2 s");
        ZooKeeperArbiter second = fixture.arbiter(ensemble.connect(), "requestTimeout", "2 s");
        Fixture.awaitReachable(first, true);
        Fixture.awaitReachable(second, true);
        assertThat(Fixture.insist(first, Optional.empty(), OwnershipRecord.first(DOMAIN, "nobody")))
                .isInstanceOf(CasOutcome.Won.class);
        AtomicBoolean ending = new AtomicBoolean();
        Competitor east = new Competitor("east", first, ending);
        Competitor west = new Competitor("west", second, ending);
        List<Thread> threads = List.of(new Thread(east, "east"), new Thread(west, "west"));
        threads.forEach(Thread::start);
        try {
            for (int round = 0; round < 2; round++) {
                awaitWins(east, west, 50);
                int leader = ensemble.leader().orElseThrow();
                ensemble.kill(leader);
                // the two others elect a leader, and go on
                awaitWins(east, west, 50);
                ensemble.start(leader);
                await(() -> ensemble.whole());
            }
        } finally {
            ending.set(true);
        }
        for (Thread thread : threads) {
            thread.join(PATIENCE.toMillis());
            assertThat(thread.isAlive()).isFalse();
        }
        System.out.println("east has won " + east.wins + " generations, west " + west.wins + "; unknown: "
                + east.unknowns + " and " + west.unknowns);
        assertOneHistory(east, west, first.read(DOMAIN).orElseThrow());
    }

    private void awaitWins(Competitor east, Competitor west, int more) throws Exception {
        int eastWins = east.wins.get();
        int westWins = west.wins.get();
        await(() -> east.wins.get() + west.wins.get() >= eastWins + westWins + more);
    }

    /** The records that were won and replaced are one chain, in which unknown changes are links that landed or nothing. */
    private static void assertOneHistory(Competitor east, Competitor west, OwnershipRecord last) {
        assertThat(east.won.keySet()).doesNotContainAnyElementsOf(west.won.keySet());
        Map<Long, OwnershipRecord> won = new HashMap<>(east.won);
        won.putAll(west.won);
        Map<Long, OwnershipRecord> replaced = new HashMap<>(east.replaced);
        replaced.putAll(west.replaced);
        List<OwnershipRecord> unknown = new ArrayList<>(east.unknown);
        unknown.addAll(west.unknown);
        replaced.forEach((generation, before) -> {
            OwnershipRecord winner = won.get(generation - 1);
            if (winner != null) {
                assertThat(before).isEqualTo(winner);
            } else if (generation > 2) {
                assertThat(unknown).contains(before);
            }
        });
        OwnershipRecord winner = won.get(last.generation());
        if (winner != null) {
            assertThat(last).isEqualTo(winner);
        } else {
            assertThat(unknown).contains(last);
        }
        // no generation is missing: each was won, or its outcome is unknown
        for (long generation = 2; generation <= last.generation(); generation++) {
            long wanted = generation;
            assertThat(won.containsKey(generation)
                            || unknown.stream().anyMatch(record -> record.generation() == wanted))
                    .isTrue();
        }
    }

    @Test
    void without_a_quorum_nothing_is_decided() throws Exception {
        ZooKeeperArbiter arbiter = fixture.arbiter(ensemble.connect(), Fixture.SHORT);
        Fixture.awaitReachable(arbiter, true);
        OwnershipRecord record = OwnershipRecord.first(DOMAIN, "east");
        assertThat(Fixture.insist(arbiter, Optional.empty(), record)).isInstanceOf(CasOutcome.Won.class);
        int leader = ensemble.leader().orElseThrow();
        ensemble.kill(leader);
        ensemble.kill((leader + 1) % DebianEnsemble.SIZE);
        await(() -> !arbiter.state().reachable());
        assertThat(arbiter.compareAndSet(Optional.of(record), record.solo("west")))
                .isInstanceOf(CasOutcome.Unknown.class);
        ensemble.start(leader);
        await(() -> arbiter.state().reachable());
        OwnershipRecord next = record.solo("north");
        CasOutcome outcome = Fixture.insist(arbiter, Optional.of(record), next);
        assertThat(arbiter.read(DOMAIN))
                .contains(
                        outcome instanceof CasOutcome.Lost lost ? lost.current().orElseThrow() : next);
    }
}
