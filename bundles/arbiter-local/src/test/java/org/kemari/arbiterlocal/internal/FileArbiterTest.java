package org.kemari.arbiterlocal.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.arbiter.ArbiterException;
import org.kemari.api.arbiter.CasOutcome;
import org.kemari.api.arbiter.OwnershipRecord;

class FileArbiterTest {
    @TempDir
    Path directory;

    private FileArbiter arbiter() {
        return arbiter(Duration.ofSeconds(10));
    }

    private FileArbiter arbiter(Duration wait) {
        return arbiter("east", wait);
    }

    private FileArbiter arbiter(String host, Duration wait) {
        return arbiter(directory.resolve("arbiter"), directory.resolve(host), wait);
    }

    private static FileArbiter arbiter(Path shared, Path memory, Duration wait) {
        return new FileArbiter(new RecordStore(shared, wait), new SharedDirectory(shared, memory, wait));
    }

    private Path recordFile() {
        return directory.resolve("arbiter/web.record");
    }

    @Test
    void aDirectoryThatCannotBeReached() throws Exception {
        FileArbiter arbiter = arbiter();
        assertThat(arbiter.state().reachable()).as("made when it is needed").isTrue();
        assertThat(arbiter.state().sinceEpochMillis()).isZero();
        Files.createFile(directory.resolve("arbiter"));
        assertThat(arbiter.state().reachable()).isFalse();
        assertThat(arbiter.state().reason()).contains("arbiter is not a directory");
        assertThat(arbiter.state().sinceEpochMillis()).isPositive();
        assertThatThrownBy(() -> arbiter.read("web")).isInstanceOf(ArbiterException.class);
        Files.delete(directory.resolve("arbiter"));
        assertThat(arbiter.state().reachable()).isTrue();
        assertThat(arbiter.read("web")).isEmpty();
    }

    @Test
    void aLifeOfARecord() throws Exception {
        FileArbiter arbiter = arbiter();
        assertThat(arbiter.read("web")).isEmpty();
        assertThat(directory.resolve("arbiter")).doesNotExist();

        OwnershipRecord first = OwnershipRecord.first("web", "east");
        assertThat(arbiter.compareAndSet(Optional.empty(), first)).isEqualTo(new CasOutcome.Won(first));
        OwnershipRecord joined = first.joined("west", 77);
        assertThat(arbiter.compareAndSet(Optional.of(first), joined)).isEqualTo(new CasOutcome.Won(joined));
        assertThat(arbiter().read("web")).contains(joined);

        assertThat(arbiter().compareAndSet(Optional.of(first), first.solo("west")))
                .isEqualTo(new CasOutcome.Lost(Optional.of(joined)));
        assertThat(arbiter().compareAndSet(Optional.empty(), first))
                .isEqualTo(new CasOutcome.Lost(Optional.of(joined)));
        OwnershipRecord taken = joined.solo("west");
        assertThat(arbiter().compareAndSet(Optional.of(joined), taken)).isEqualTo(new CasOutcome.Won(taken));
        assertThat(arbiter.read("web")).contains(taken);
        assertThat(arbiter.read("db")).isEmpty();
    }

    @Test
    void nothingIsDecidedInADirectoryThatIsNotTheOneUsedBefore() throws Exception {
        Duration wait = Duration.ofSeconds(10);
        Path shared = directory.resolve("arbiter");
        FileArbiter east = arbiter("east", wait);
        FileArbiter west = arbiter("west", wait);
        OwnershipRecord first = OwnershipRecord.first("web", "east");
        east.compareAndSet(Optional.empty(), first);
        assertThat(west.read("web")).contains(first);
        OwnershipRecord joined = first.joined("west", 7);
        assertThat(west.compareAndSet(Optional.of(first), joined)).isInstanceOf(CasOutcome.Won.class);

        Path mounted = Files.move(shared, directory.resolve("elsewhere"));
        Files.createDirectory(shared); // what is left when a share is not mounted
        for (FileArbiter host : List.of(east, west, arbiter("west", wait))) {
            assertThatThrownBy(() -> host.read("web"))
                    .isInstanceOf(ArbiterException.class)
                    .hasMessageContaining("mounted");
            assertThat(host.compareAndSet(Optional.empty(), first))
                    .isInstanceOfSatisfying(CasOutcome.Unknown.class, u -> assertThat(u.reason())
                            .contains("mounted"));
            assertThat(host.state().reachable()).isFalse();
            assertThat(host.state().reason()).contains("mounted");
        }
        try (var left = Files.list(shared)) {
            assertThat(left).isEmpty();
        }
        Files.delete(shared);
        assertThatThrownBy(() -> west.read("web")).isInstanceOf(ArbiterException.class);
        assertThat(west.compareAndSet(Optional.empty(), first)).isInstanceOf(CasOutcome.Unknown.class);
        assertThat(shared).doesNotExist();

        Files.move(mounted, shared);
        assertThat(west.state().reachable()).isTrue();
        assertThat(west.read("web")).contains(joined);
        assertThat(west.compareAndSet(Optional.of(joined), joined.solo("west"))).isInstanceOf(CasOutcome.Won.class);
    }

    @Test
    void theLockIsTakenInTheDirectoryThatIsThereNow() throws Exception {
        FileArbiter arbiter = arbiter(Duration.ofMillis(50));
        OwnershipRecord first = OwnershipRecord.first("web", "east");
        arbiter.compareAndSet(Optional.empty(), first);
        Path lock = directory.resolve("arbiter/web.lock");
        Files.delete(lock);
        try (FileChannel other = FileChannel.open(lock, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                var held = other.lock()) {
            assertThat(held.isValid()).isTrue();
            assertThat(arbiter.compareAndSet(Optional.of(first), first.solo("east")))
                    .isInstanceOf(CasOutcome.Unknown.class);
        }
        assertThat(arbiter.compareAndSet(Optional.of(first), first.solo("east")))
                .isInstanceOf(CasOutcome.Won.class);
    }

    @Test
    void anExpectedRecordThatIsNotThereIsLost() {
        OwnershipRecord first = OwnershipRecord.first("web", "east");
        assertThat(arbiter().compareAndSet(Optional.of(first), first.solo("east")))
                .isEqualTo(new CasOutcome.Lost(Optional.empty()));
    }

    @Test
    void aCorruptRecordIsNeverTakenForNone() throws Exception {
        FileArbiter arbiter = arbiter();
        OwnershipRecord first = OwnershipRecord.first("web", "east");
        arbiter.compareAndSet(Optional.empty(), first);
        for (byte[] content : List.of(new byte[0], "garbage".getBytes(), new byte[100_000])) {
            Files.write(recordFile(), content);
            assertThatThrownBy(() -> arbiter.read("web"))
                    .isInstanceOf(ArbiterException.class)
                    .hasMessageContaining("corrupt")
                    .hasMessageContaining("web.record");
            assertThat(arbiter.compareAndSet(Optional.empty(), first))
                    .isInstanceOfSatisfying(CasOutcome.Unknown.class, u -> assertThat(u.reason())
                            .contains("corrupt"));
            assertThat(Files.readAllBytes(recordFile())).isEqualTo(content);
        }
    }

    @Test
    void aRecordOfAnotherDomainIsRefused() throws Exception {
        FileArbiter arbiter = arbiter();
        arbiter.compareAndSet(Optional.empty(), OwnershipRecord.first("db", "east"));
        Files.copy(directory.resolve("arbiter/db.record"), recordFile());
        assertThatThrownBy(() -> arbiter.read("web"))
                .isInstanceOf(ArbiterException.class)
                .hasMessageContaining("that of domain db");
    }

    @Test
    void whatACrashLeavesBehindDoesNoHarm() throws Exception {
        FileArbiter arbiter = arbiter();
        OwnershipRecord first = OwnershipRecord.first("web", "east");
        arbiter.compareAndSet(Optional.empty(), first);
        Files.writeString(directory.resolve("arbiter/web.record.new"), "half a rec");
        assertThat(arbiter.read("web")).contains(first);
        assertThat(arbiter.compareAndSet(Optional.of(first), first.solo("east")))
                .isInstanceOf(CasOutcome.Won.class);
        assertThat(arbiter().read("web")).contains(first.solo("east"));
        assertThat(directory.resolve("arbiter/web.record.new")).doesNotExist();
    }

    @Test
    void aLockThatSomebodyKeepsMakesTheOutcomeUnknown() throws Exception {
        Files.createDirectories(directory.resolve("arbiter"));
        try (FileChannel other = FileChannel.open(
                        directory.resolve("arbiter/web.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var held = other.lock()) {
            assertThat(held.isValid()).isTrue();
            assertThat(arbiter(Duration.ofMillis(30))
                            .compareAndSet(Optional.empty(), OwnershipRecord.first("web", "east")))
                    .isInstanceOfSatisfying(CasOutcome.Unknown.class, u -> assertThat(u.reason())
                            .contains("web.lock"));
            assertThat(recordFile()).doesNotExist();
        }
    }

    @Test
    void aDirectoryThatCannotBeMadeMakesTheOutcomeUnknown() throws Exception {
        Files.writeString(directory.resolve("arbiter"), "a file");
        assertThat(arbiter().compareAndSet(Optional.empty(), OwnershipRecord.first("web", "east")))
                .isInstanceOf(CasOutcome.Unknown.class);
        assertThatThrownBy(() -> arbiter().read("web")).isInstanceOf(ArbiterException.class);
    }

    @Test
    void changesThatNoProtocolMakesAreRefused() {
        OwnershipRecord first = OwnershipRecord.first("web", "east");
        FileArbiter arbiter = arbiter();
        assertThatThrownBy(() -> arbiter.compareAndSet(Optional.of(first), OwnershipRecord.first("db", "east")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> arbiter.compareAndSet(Optional.of(first), OwnershipRecord.first("web", "west")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("generation");
        assertThatThrownBy(() -> arbiter.compareAndSet(Optional.of(first.solo("west")), first))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> arbiter.read("../../etc/passwd")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void oneThreadWinsEachGeneration() throws Exception {
        int rounds = 40;
        List<FileArbiter> hosts = List.of(arbiter(), arbiter(), arbiter(), arbiter());
        hosts.get(0).compareAndSet(Optional.empty(), OwnershipRecord.first("web", "h0"));
        ExecutorService pool = Executors.newFixedThreadPool(hosts.size());
        CyclicBarrier start = new CyclicBarrier(hosts.size());
        try {
            List<Future<Integer>> wins = new ArrayList<>();
            for (int i = 0; i < hosts.size(); i++) {
                FileArbiter host = hosts.get(i);
                String name = "h" + i;
                Callable<Integer> racer = () -> {
                    int won = 0;
                    for (int round = 0; round < rounds; round++) {
                        OwnershipRecord seen = host.read("web").orElseThrow();
                        start.await();
                        if (host.compareAndSet(Optional.of(seen), seen.solo(name)) instanceof CasOutcome.Won) {
                            won++;
                        }
                        start.await();
                    }
                    return won;
                };
                wins.add(pool.submit(racer));
            }
            int total = 0;
            for (Future<Integer> f : wins) {
                total += f.get();
            }
            assertThat(total).isEqualTo(rounds);
            assertThat(arbiter().read("web").orElseThrow().generation()).isEqualTo(rounds + 1);
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void oneProcessWinsEachGeneration() throws Exception {
        arbiter().compareAndSet(Optional.empty(), OwnershipRecord.first("web", "nobody"));
        int goal = 300;
        List<Process> racers = new ArrayList<>();
        List<Path> outputs = new ArrayList<>();
        for (String name : List.of("east", "west")) {
            Path output = directory.resolve(name + ".out");
            outputs.add(output);
            racers.add(new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Racer.class.getName(),
                            directory.resolve("arbiter").toString(),
                            name,
                            Integer.toString(goal))
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start());
        }
        long total = 0;
        for (int i = 0; i < racers.size(); i++) {
            int status = racers.get(i).waitFor();
            String said = Files.readString(outputs.get(i)).strip();
            assertThat(status).as(said).isZero();
            total += Long.parseLong(said.lines().reduce((a, b) -> b).orElseThrow());
        }
        long generation = arbiter().read("web").orElseThrow().generation();
        assertThat(generation).isGreaterThan(goal);
        assertThat(total).as("every generation has exactly one winner").isEqualTo(generation - 1);
    }

    /** A host in a process of its own: wins what it can until the goal is reached, then prints how often it won. */
    static final class Racer {
        public static void main(String[] args) throws Exception {
            FileArbiter arbiter =
                    arbiter(Path.of(args[0]), Path.of(args[0]).resolveSibling(args[1]), Duration.ofSeconds(30));
            long goal = Long.parseLong(args[2]);
            long won = 0;
            OwnershipRecord seen = arbiter.read("web").orElseThrow();
            while (seen.generation() <= goal) {
                CasOutcome outcome = arbiter.compareAndSet(Optional.of(seen), seen.solo(args[1]));
                if (outcome instanceof CasOutcome.Won) {
                    won++;
                } else if (outcome instanceof CasOutcome.Unknown unknown) {
                    throw new IllegalStateException(unknown.reason());
                }
                seen = arbiter.read("web").orElseThrow();
            }
            System.out.println(won);
        }
    }
}
