package org.kemari.health.internal.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.health.Check.Level;
import org.kemari.api.protection.DomainState;
import org.kemari.health.internal.checks.ProcessSample.ThreadSample;

class ProcessesTest {
    private final Processes processes = new Processes(Path.of("/proc"));

    @TempDir
    Path directory;

    private static void signal(String name, long pid) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                        .start()
                        .waitFor())
                .isZero();
    }

    private Optional<Character> state(long pid) throws IOException {
        return processes.sample(pid).map(ProcessSample::state);
    }

    @Test
    void aProcessThatIsStoppedContinuedAndKilled() throws Exception {
        Process child = new ProcessBuilder("sleep", "600").start();
        try {
            await().until(() -> state(child.pid()).equals(Optional.of('S')));
            signal("STOP", child.pid());
            await().until(() -> state(child.pid()).equals(Optional.of('T')));
            DomainSource source = new DomainSource(
                    Examples.configuration(directory),
                    () -> List.of(Examples.domain(DomainState.SOLO, 0, child.pid())),
                    processes);
            source.look(0);
            assertThat(source.look(Examples.seconds(3))).anySatisfy(finding -> {
                assertThat(finding.subject()).isEqualTo("domain web: guest");
                assertThat(finding.level()).isEqualTo(Level.CRITICAL);
                assertThat(finding.reason()).contains("kill -CONT " + child.pid());
            });
            signal("CONT", child.pid());
            await().until(() -> state(child.pid()).equals(Optional.of('S')));
            assertThat(source.look(Examples.seconds(4)))
                    .filteredOn(finding -> finding.subject().endsWith("guest"))
                    .allSatisfy(finding -> assertThat(finding.level()).isEqualTo(Level.OK));
        } finally {
            child.destroyForcibly().waitFor();
        }
        assertThat(processes.sample(child.pid())).isEmpty();
    }

    @Test
    void threadsAndTheirTimes() throws Exception {
        Thread busy = new Thread(
                () -> {
                    while (!Thread.currentThread().isInterrupted()) {
                        Thread.onSpinWait();
                    }
                },
                "CPU (0) test");
        busy.start();
        try {
            long self = ProcessHandle.current().pid();
            await().until(() -> ran(self) > 0);
            long before = ran(self);
            await().until(() -> ran(self) > before);
        } finally {
            busy.interrupt();
            busy.join();
        }
    }

    private long ran(long pid) throws IOException {
        return processes.sample(pid).orElseThrow().threads().stream()
                .filter(thread -> thread.name().equals("CPU (0) test"))
                .mapToLong(ThreadSample::ranNanos)
                .sum();
    }

    @Test
    void withoutFineFiguresTicksCount() throws Exception {
        fake("7", "7 (a) b) c) S 1 1 1 0 -1 0 0 0 0 0 5 6 0 0 20 0");
        ProcessSample sample = new Processes(directory).sample(7).orElseThrow();
        assertThat(sample.threads()).containsExactly(new ThreadSample(7, "a) b) c", 'S', 110_000_000));
    }

    @Test
    void nonsenseIsAnError() throws Exception {
        fake("7", "nonsense");
        assertThatThrownBy(() -> new Processes(directory).sample(7))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nonsense");
    }

    @Test
    void aZombieIsGone() throws Exception {
        fake("7", "7 (sleep) Z 1 1 1 0 -1 0 0 0 0 0 5 6 0 0 20 0");
        assertThat(new Processes(directory).sample(7)).isEmpty();
    }

    private void fake(String pid, String stat) throws IOException {
        Path task = Files.createDirectories(directory.resolve(pid + "/task/" + pid));
        Files.writeString(directory.resolve(pid + "/stat"), stat);
        Files.writeString(task.resolve("stat"), stat);
    }
}
