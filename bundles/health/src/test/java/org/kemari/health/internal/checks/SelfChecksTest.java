package org.kemari.health.internal.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.kemari.health.internal.checks.Examples.seconds;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.arbiter.Arbiter;
import org.kemari.api.arbiter.ArbiterException;
import org.kemari.api.arbiter.CasOutcome;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.arbiter.PendingDecision;
import org.kemari.api.health.Check;
import org.kemari.api.health.Check.Level;
import org.kemari.api.health.PathHealth;
import org.kemari.api.health.PeerHealth;
import org.kemari.api.health.PeerState;
import org.kemari.api.stats.LatencySummary;

class SelfChecksTest {
    @TempDir
    Path directory;

    private interface Reader {
        Optional<OwnershipRecord> read() throws ArbiterException;
    }

    private static Function<String, Optional<Arbiter>> engine(AtomicReference<Reader> reader) {
        Arbiter arbiter = new Arbiter() {
            @Override
            public Optional<OwnershipRecord> read(String domain) throws ArbiterException {
                return reader.get().read();
            }

            @Override
            public CasOutcome compareAndSet(Optional<OwnershipRecord> expected, OwnershipRecord next) {
                throw new AssertionError("a check changes nothing");
            }
        };
        return name -> name.equals("file") ? Optional.of(arbiter) : Optional.empty();
    }

    /** Looks again and again, a second apart, until this is found. */
    private static Finding awaitFinding(ArbiterSource source, long[] second, Level level) {
        AtomicReference<Finding> found = new AtomicReference<>();
        await().until(() -> {
            source.look(seconds(second[0]++)).forEach(found::set);
            return found.get() != null && found.get().level() == level;
        });
        return found.get();
    }

    @Test
    void theArbiterAnswersFailsAndAnswersAgain() {
        AtomicReference<Reader> reader = new AtomicReference<>(Optional::empty);
        long[] second = {0};
        try (ArbiterSource source = new ArbiterSource(Examples.configuration(directory), engine(reader))) {
            awaitFinding(source, second, Level.OK);
            reader.set(() -> {
                throw new ArbiterException("connection refused");
            });
            Finding found = awaitFinding(source, second, Level.CRITICAL);
            assertThat(found.subject()).isEqualTo("arbiter");
            assertThat(found.reason()).contains("connection refused");
            reader.set(Optional::empty);
            awaitFinding(source, second, Level.OK);
        }
    }

    @Test
    void anArbiterThatHangsHoldsNobodyUp() {
        CountDownLatch hang = new CountDownLatch(1);
        AtomicReference<Reader> reader = new AtomicReference<>(() -> {
            try {
                hang.await();
            } catch (InterruptedException e) {
                throw new ArbiterException("interrupted", e);
            }
            return Optional.empty();
        });
        try (ArbiterSource source = new ArbiterSource(Examples.configuration(directory), engine(reader))) {
            assertThat(source.look(0)).isEmpty();
            assertThat(source.look(seconds(4))).isEmpty();
            assertThat(source.look(seconds(5)).get(0).reason()).contains("not answered for 5 s");
            hang.countDown();
            awaitFinding(source, new long[] {6}, Level.OK);
        }
    }

    @Test
    void anArbiterThatIsNotThere() {
        try (ArbiterSource source = new ArbiterSource(Examples.configuration(directory), name -> Optional.empty())) {
            assertThat(awaitFinding(source, new long[1], Level.CRITICAL).reason())
                    .contains("engine file is not there");
        }
    }

    @Test
    void aDecisionThatWaitsForAnOperator() {
        Arbiter arbiter = new Arbiter() {
            @Override
            public Optional<OwnershipRecord> read(String domain) {
                return Optional.empty();
            }

            @Override
            public CasOutcome compareAndSet(Optional<OwnershipRecord> expected, OwnershipRecord next) {
                throw new AssertionError("a check changes nothing");
            }

            @Override
            public List<PendingDecision> pending() {
                return List.of(new PendingDecision("web", "is west dead?", OwnershipRecord.first("web", "east")));
            }
        };
        try (ArbiterSource source =
                new ArbiterSource(Examples.configuration(directory), name -> Optional.of(arbiter))) {
            assertThat(awaitFinding(source, new long[1], Level.WARNING).reason())
                    .contains("is west dead?");
        }
    }

    @Test
    void lostPathsOfALivingPeer() {
        PathHealth good = path("10.0.0.2:7171", PeerState.ALIVE);
        PathHealth bad = path("10.1.0.2:7171", PeerState.LOST);
        assertThat(new PathSource(() -> List.of(peer(PeerState.ALIVE, good, good))).look(0))
                .allSatisfy(finding -> assertThat(finding.level()).isEqualTo(Level.OK))
                .hasSize(1);
        assertThat(new PathSource(() -> List.of(peer(PeerState.ALIVE, good, bad))).look(0))
                .allSatisfy(finding -> assertThat(finding.level()).isEqualTo(Level.WARNING))
                .hasSize(1);
        assertThat(new PathSource(() -> List.of(peer(PeerState.LOST, bad, bad), peer(PeerState.ALIVE, good))).look(0))
                .isEmpty();
    }

    private static PathHealth path(String address, PeerState state) {
        return new PathHealth(address, state, "so", 0, 0, 0, LatencySummary.EMPTY);
    }

    private static PeerHealth peer(PeerState state, PathHealth... paths) {
        return new PeerHealth("west", state, "so", 0, 0, 0, 0, 0, LatencySummary.EMPTY, List.of(paths));
    }

    @Test
    void theHostItself() throws Exception {
        Path proc = Files.createDirectory(directory.resolve("proc"));
        Files.writeString(proc.resolve("meminfo"), "MemTotal: 1000 kB\nMemAvailable: 900 kB\n");
        HostSource source = new HostSource(Examples.configuration(directory), proc);
        assertThat(source.look(0)).extracting(Finding::subject).containsExactly("memory", "state directory");
        assertThat(source.look(1).get(1).level()).isNotEqualTo(Level.CRITICAL);
        // A file where the directory should be: nothing can be written there.
        Files.createFile(directory.resolve("state"));
        HostSource unwritable = new HostSource(Examples.configuration(directory), proc);
        Finding found = unwritable.look(0).get(1);
        assertThat(found.level()).isEqualTo(Level.CRITICAL);
        assertThat(found.reason()).contains("cannot be written to");
        Files.delete(directory.resolve("state"));
        Files.createDirectory(directory.resolve("state"));
        assertThat(new HostSource(Examples.configuration(directory), proc)
                        .look(0)
                        .get(1)
                        .reason())
                .contains("MiB");
        assertThat(directory.resolve("state")).isEmptyDirectory();
    }

    @Test
    void theWorstComesFirstAndTimesAreKept() {
        CheckBoard board = new CheckBoard();
        board.update(List.of(Finding.ok("a", "fine"), Finding.critical("b", "bad"), Finding.warning("c", "so")), 10);
        assertThat(board.checks()).extracting(Check::subject).containsExactly("b", "c", "a");
        board.update(List.of(Finding.ok("a", "fine"), Finding.critical("b", "worse"), Finding.ok("c", "fine")), 20);
        assertThat(board.checks())
                .containsExactly(
                        new Check("b", Level.CRITICAL, "worse", 10),
                        new Check("a", Level.OK, "fine", 10),
                        new Check("c", Level.OK, "fine", 20));
        board.update(List.of(), 30);
        assertThat(board.checks()).isEmpty();
    }

    private static final class Steps implements Source {
        volatile boolean fails;

        @Override
        public String name() {
            return "steps";
        }

        @Override
        public List<Finding> look(long observedNanos) throws IOException {
            if (fails) {
                throw new IOException("no such thing");
            }
            return List.of(Finding.ok("steps", "walked"));
        }
    }

    @Test
    void aCheckThatFailsIsTold() {
        Steps steps = new Steps();
        CountDownLatch closed = new CountDownLatch(1);
        SelfChecks checks = new SelfChecks(List.of(steps), Limits.LONG_ROUND, closed::countDown);
        assertThat(checks.checks()).isEmpty();
        checks.start();
        await().until(() -> checks.checks().size() == 1);
        steps.fails = true;
        await().until(() -> checks.checks().get(0).level() == Level.WARNING);
        assertThat(checks.checks().get(0).reason()).contains("no such thing");
        checks.stop();
        assertThat(closed.getCount()).isZero();
    }

    @Test
    void aCheckThatHangsIsTold() {
        CountDownLatch hang = new CountDownLatch(1);
        Source storage = new Source() {
            @Override
            public String name() {
                return "storage that hangs";
            }

            @Override
            public List<Finding> look(long observedNanos) throws IOException {
                try {
                    hang.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                return List.of();
            }
        };
        Duration longRound = Duration.ofMillis(100);
        SelfChecks checks = new SelfChecks(List.of(new Steps(), storage), longRound, () -> {});
        checks.start();
        await().until(() -> !checks.checks().isEmpty());
        assertThat(checks.checks().get(0).level()).isEqualTo(Level.CRITICAL);
        assertThat(checks.checks().get(0).reason()).contains("storage that hangs");
        hang.countDown();
        checks.stop();
    }
}
