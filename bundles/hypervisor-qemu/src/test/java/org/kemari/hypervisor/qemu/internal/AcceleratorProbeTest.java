package org.kemari.hypervisor.qemu.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.domain.Accelerator;
import org.kemari.api.hypervisor.LaunchMode;

class AcceleratorProbeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    @TempDir
    private Path directory;

    private final Path qemu;

    AcceleratorProbeTest() throws Exception {
        qemu = QemuInstallation.locate("qemu-system-x86_64");
    }

    private AcceleratorProbe probe(Duration patience) {
        return new AcceleratorProbe(directory.resolve("run/accelerator.properties"), patience);
    }

    @Test
    void theImageGetsThroughWhereGuestsRun() throws Exception {
        assertThat(probe(Duration.ofSeconds(10)).run(qemu, "tcg", "qemu64")).isEmpty();
    }

    @Test
    void aGuestThatDoesNotGetThroughIsReportedWithWhereItStopped() throws Exception {
        Optional<String> problem = probe(Duration.ofSeconds(10)).run(qemu, "tcg", "qemu32");
        assertThat(problem).hasValueSatisfying(text -> assertThat(text).contains("'AB"));
    }

    @Test
    void theAnswerIsRememberedUntilTheNextBoot() throws Exception {
        Path memory = directory.resolve("run/accelerator.properties");
        boolean answer = probe(PATIENCE).kvmRuns(qemu, "host");
        if (!Files.exists(Path.of("/dev/kvm"))) {
            assertThat(answer).isFalse();
            return;
        }
        String remembered = Files.readString(memory);
        Files.writeString(memory, answer ? remembered.replace("=yes", "=no") : remembered.replace("=no", "=yes"));
        assertThat(probe(PATIENCE).kvmRuns(qemu, "host")).as("from memory").isNotEqualTo(answer);
        Files.writeString(memory, Files.readString(memory).replaceAll("boot=.*", "boot=another"));
        assertThat(probe(PATIENCE).kvmRuns(qemu, "host")).as("after a boot").isEqualTo(answer);
    }

    @Test
    void autoChoosesWhatRuns() throws Exception {
        try (TestHost host = new TestHost()) {
            var automatic = host.withAccelerator(host.guest("web", "q35", 'p'), Accelerator.AUTO);
            boolean kvm = Files.exists(Path.of("/dev/kvm"))
                    && probe(PATIENCE).run(qemu, "kvm", "host").isEmpty();
            assertThat(host.hypervisor.identity(automatic).accelerator()).isEqualTo(kvm ? "kvm" : "tcg");
            EventLog log = new EventLog();
            host.launch(automatic, LaunchMode.BOOT, log).resume();
            log.awaitExit();
        }
    }
}
