package org.kemari.hypervisor.qemu.internal;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.kemari.api.domain.DomainPaths;

/**
 * The emulator as a process: our child, or one that an earlier JVM has left behind. It never depends on this JVM: it has a
 * session of its own, reads nothing, and writes to a file.
 */
final class QemuProcess {
    /** The log is put aside when it is longer than this at a start. */
    private static final long LONGEST_LOG = 4 << 20;

    private static final Duration GONE = Duration.ofSeconds(10);
    private static final int TAIL_BYTES = 2 << 10;
    private static final Path ENV = Path.of("/usr/bin/env");
    private static final Path SETSID = Path.of("/usr/bin/setsid");

    private final ProcessHandle handle;
    private final Optional<Process> child;
    private final Path socket;
    private final Path log;
    private final long logStart;

    private QemuProcess(ProcessHandle handle, Optional<Process> child, Path socket, Path log, long logStart) {
        this.handle = handle;
        this.child = child;
        this.socket = socket;
        this.log = log;
        this.logStart = logStart;
    }

    /**
     * Starts the emulator.
     *
     * @param binary path of the emulator
     * @param arguments its arguments
     * @param environment what to add to the environment
     * @param paths where it logs and listens
     */
    static QemuProcess start(Path binary, List<String> arguments, Map<String, String> environment, DomainPaths paths)
            throws IOException {
        Path log = paths.hypervisorLog();
        rotate(log);
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(SETSID)) {
            // A Ctrl-C in the terminal of this JVM is not meant for the guests. The process id stays the same. The
            // environment is for the emulator alone: a preloaded library would act in the other commands as well.
            command.add(SETSID.toString());
        }
        command.add(ENV.toString());
        environment.forEach((name, value) -> command.add(name + "=" + value));
        command.add(binary.toString());
        command.addAll(arguments);
        Files.writeString(
                log,
                "--- " + Instant.now() + " " + String.join(" ", command) + System.lineSeparator(),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        long logStart = Files.size(log);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        Process process = builder.start();
        return new QemuProcess(process.toHandle(), Optional.of(process), paths.qmpSocket(), log, logStart);
    }

    /** Finds the emulator that an earlier JVM has started for these paths, if it still runs. */
    static Optional<QemuProcess> find(DomainPaths paths) throws IOException {
        if (!Files.exists(paths.pidFile())) {
            return Optional.empty();
        }
        String text = Files.readString(paths.pidFile()).trim();
        if (!text.matches("[1-9][0-9]{0,9}")) {
            return Optional.empty();
        }
        Path log = paths.hypervisorLog();
        long logStart = Files.exists(log) ? Files.size(log) : 0;
        return ProcessHandle.of(Long.parseLong(text))
                .map(handle -> new QemuProcess(handle, Optional.empty(), paths.qmpSocket(), log, logStart))
                .filter(QemuProcess::isAlive);
    }

    private static void rotate(Path log) throws IOException {
        if (Files.exists(log) && Files.size(log) > LONGEST_LOG) {
            Files.move(log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    long pid() {
        return handle.pid();
    }

    boolean isAlive() {
        return child.map(Process::isAlive).orElseGet(() -> handle.isAlive() && isOurs());
    }

    /** A process of that number may be another by now, or a zombie without command line: ours names our socket. */
    private boolean isOurs() {
        try {
            byte[] commandLine = Files.readAllBytes(Path.of("/proc", Long.toString(handle.pid()), "cmdline"));
            return new String(commandLine, StandardCharsets.UTF_8)
                    .contains(socket.toString().replace(",", ",,"));
        } catch (IOException e) {
            return false; // it has gone meanwhile
        }
    }

    /** Ends it at once (SIGKILL). */
    void kill() {
        if (child.isPresent()) {
            child.get().destroyForcibly();
        } else if (isAlive()) {
            handle.destroyForcibly();
        }
    }

    /** Waits for the end; whether it has come. */
    boolean awaitExit(Duration timeout) throws InterruptedException {
        if (child.isPresent()) {
            return child.get().waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS);
        }
        long deadline = System.nanoTime() + timeout.toNanos();
        while (isAlive()) {
            if (System.nanoTime() >= deadline) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return true;
    }

    /** After {@link #kill}; whether it is gone. Not to be interrupted: a killed process is gone in a moment, and its files must not be taken from it before. */
    boolean awaitDeath() {
        boolean interrupted = false;
        long deadline = System.nanoTime() + GONE.toNanos();
        try {
            while (true) {
                try {
                    return awaitExit(Duration.ofNanos(deadline - System.nanoTime()));
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** How it ended, for people: exit code or signal, and its last words. */
    String describeExit() {
        String how = child.map(process -> {
                    int status = process.exitValue();
                    return status > 128 ? "killed by signal " + (status - 128) : "exit code " + status;
                })
                .orElse("exit code unknown");
        String tail = logTail();
        return tail.isEmpty() ? how : how + ": " + tail;
    }

    /** The last lines that this run has written, joined by {@code "; "}. */
    String logTail() {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            long from = Math.max(logStart, file.length() - TAIL_BYTES);
            byte[] bytes = new byte[(int) Math.max(0, file.length() - from)];
            file.seek(from);
            file.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8).strip().replaceAll("\\s*\\R\\s*", "; ");
        } catch (IOException e) {
            return "(" + log + " cannot be read: " + e.getMessage() + ")";
        }
    }
}
