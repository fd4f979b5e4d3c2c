package org.kemari.hypervisor.qemu.internal;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.kemari.api.hypervisor.HypervisorException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether a guest really runs on an accelerator, by running one: {@code kvm-probe.S}, a firmware image that does
 * what a 64-bit kernel does. That {@code /dev/kvm} opens proves little: there are hosts on which firmware runs and a
 * kernel hangs or makes the emulator abort.
 *
 * <p>The answer for KVM is remembered until the next boot of the host, for each emulator and CPU model.
 */
final class AcceleratorProbe {
    private static final Logger LOG = LoggerFactory.getLogger(AcceleratorProbe.class);
    private static final Path KVM = Path.of("/dev/kvm");
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final String IMAGE = "kvm-probe.bin";

    /** (0x2a &lt;&lt; 1) | 1, see the image's source. */
    private static final int GOOD = 85;

    private final Path memory;
    private final Duration patience;

    /**
     * @param memory file in which answers are remembered
     * @param patience how long the guest may take; it needs some milliseconds where it runs
     */
    AcceleratorProbe(Path memory, Duration patience) {
        this.memory = memory;
        this.patience = patience;
    }

    /** Whether KVM runs guests of this CPU model. */
    synchronized boolean kvmRuns(Path binary, String cpu) throws HypervisorException {
        if (!Files.exists(KVM)) {
            return false;
        }
        try {
            String key = binary + "|" + Files.getLastModifiedTime(binary).toMillis() + "|" + cpu;
            String boot = Files.readString(BOOT_ID).strip();
            Properties answers = remembered(boot);
            String answer = answers.getProperty(key);
            if (answer == null) {
                Optional<String> problem = run(binary, "kvm", cpu);
                answer = problem.isEmpty() ? "yes" : "no";
                LOG.info(
                        "accelerator for CPU model {}: {}",
                        cpu,
                        problem.map(reason -> "TCG, because KVM does not run guests here (" + reason + ")")
                                .orElse("KVM"));
                answers.setProperty(key, answer);
                answers.setProperty("boot", boot);
                remember(answers);
            }
            return answer.equals("yes");
        } catch (IOException e) {
            throw new HypervisorException("cannot find out whether KVM runs guests: " + e.getMessage(), e);
        }
    }

    /**
     * Runs the image.
     *
     * @return why a guest does not run; empty if it does
     */
    Optional<String> run(Path binary, String accelerator, String cpu) throws IOException {
        Path image = Files.createTempFile("kemari-probe-", ".bin");
        Path output = Files.createTempFile("kemari-probe-", ".log");
        try {
            try (InputStream resource = AcceleratorProbe.class.getResourceAsStream(IMAGE)) {
                if (resource == null) {
                    throw new IOException(IMAGE + " is missing in the bundle");
                }
                Files.copy(resource, image, StandardCopyOption.REPLACE_EXISTING);
            }
            Process process = new ProcessBuilder(List.of(
                            binary.toString(),
                            "-machine",
                            "pc",
                            "-m",
                            "64M",
                            "-accel",
                            accelerator,
                            "-cpu",
                            cpu,
                            "-bios",
                            image.toString(),
                            "-display",
                            "none",
                            "-nodefaults",
                            "-no-user-config",
                            "-no-reboot",
                            "-debugcon",
                            "stdio",
                            "-device",
                            "isa-debug-exit,iobase=0xf4,iosize=4"))
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            boolean ended;
            try {
                ended = process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while a guest was tried", e);
            } finally {
                process.destroyForcibly();
            }
            if (ended && process.exitValue() == GOOD) {
                return Optional.empty();
            }
            String how = ended ? "it ended with status " + process.exitValue() : "it did not end";
            return Optional.of("a probe guest's output is '" + excerpt(output) + "', and " + how);
        } finally {
            Files.deleteIfExists(image);
            Files.deleteIfExists(output);
        }
    }

    private static String excerpt(Path output) throws IOException {
        String text = new String(Files.readAllBytes(output), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.contains(": warning: "))
                .limit(2)
                .reduce((a, b) -> a + "; " + b)
                .orElse("");
        return text.length() > 200 ? text.substring(0, 200) + "…" : text;
    }

    private Properties remembered(String boot) throws IOException {
        Properties answers = new Properties();
        if (Files.exists(memory)) {
            try (Reader reader = Files.newBufferedReader(memory)) {
                answers.load(reader);
            }
        }
        return boot.equals(answers.getProperty("boot")) ? answers : new Properties();
    }

    private void remember(Properties answers) throws IOException {
        Workspace.makePrivateDirectory(memory.toAbsolutePath().getParent());
        Path fresh = memory.resolveSibling(memory.getFileName() + ".new");
        try (Writer writer = Files.newBufferedWriter(fresh)) {
            answers.store(
                    writer, "Whether KVM runs guests; found out at the first start after a boot. May be deleted.");
        }
        Files.move(fresh, memory, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
