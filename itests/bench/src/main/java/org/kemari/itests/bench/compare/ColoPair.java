package org.kemari.itests.bench.compare;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.Lab;

/** A guest under QEMU's own COLO: two QEMUs with a unix socket between them, no Kemari. */
final class ColoPair implements Contender {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** The last line of a guest that boots. */
    static final String READY = "guestd: ready";

    /** No limit that anything here comes near to: the socket is memory. */
    private static final long BYTES_PER_SECOND = 16L << 30;

    private final Path directory;
    private final List<Process> processes = new ArrayList<>();
    private final List<Qmp> monitors = new ArrayList<>();

    private ColoPair(Path directory) {
        this.directory = directory;
    }

    /**
     * Starts a pair and waits until it makes checkpoints.
     *
     * @param words the command line that both have in common
     * @param periodMillis time between the begins of checkpoints
     */
    static ColoPair start(Lab lab, List<String> words, int periodMillis) throws IOException, TimeoutException {
        ColoPair pair = new ColoPair(Files.createTempDirectory(lab.workspace(), "colo"));
        lab.closeLater(pair);
        try {
            pair.launch("primary", words, ColoTrace.PRIMARY, List.of());
            pair.launch("secondary", words, ColoTrace.SECONDARY, List.of("-incoming", "defer"));
            Await.until("the guest is up", PATIENCE, () -> pair.hasBooted("primary"));
            pair.join(periodMillis);
            return pair;
        } catch (IOException | TimeoutException | RuntimeException e) {
            pair.close();
            throw e;
        }
    }

    private Path file(String name) {
        return directory.resolve(name);
    }

    private void launch(String name, List<String> words, List<String> events, List<String> more)
            throws IOException, TimeoutException {
        List<String> command = new ArrayList<>(words);
        command.addAll(List.of("-serial", "file:" + file(name + ".console")));
        command.addAll(List.of("-qmp", "unix:" + file(name + ".qmp") + ",server=on,wait=off"));
        events.forEach(event -> command.addAll(List.of("-trace", event)));
        command.addAll(
                List.of("-msg", "timestamp=on", "-D", file(name + ".trace").toString()));
        command.addAll(more);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(file(name + ".log").toFile())
                .start();
        processes.add(process);
        Await.until("the monitor of the " + name + " answers", PATIENCE, () -> {
            requireRunning(process, name);
            return monitors.add(new Qmp(file(name + ".qmp")));
        });
    }

    private void requireRunning(Process process, String name) throws IOException {
        if (!process.isAlive()) {
            throw new Await.AbortWaiting("QEMU of the " + name + " has ended with status " + process.exitValue() + ": "
                    + Files.readString(file(name + ".log")).strip());
        }
    }

    private boolean hasBooted(String name) throws IOException {
        requireRunning(primary(), name);
        return Files.readString(file(name + ".console")).contains(READY);
    }

    private Process primary() {
        return processes.get(0);
    }

    private void join(int periodMillis) throws IOException, TimeoutException {
        List<Map<String, Object>> abilities = List.of(
                Map.of("capability", "return-path", "state", true), Map.of("capability", "x-colo", "state", true));
        for (Qmp monitor : monitors) {
            monitor.ask("migrate-set-capabilities", Map.of("capabilities", abilities));
        }
        Map<String, String> where = Map.of("uri", "unix:" + file("link"));
        Qmp sender = monitors.get(0);
        monitors.get(1).ask("migrate-incoming", where);
        sender.ask(
                "migrate-set-parameters",
                Map.of("x-checkpoint-delay", periodMillis, "max-bandwidth", BYTES_PER_SECOND));
        sender.ask("migrate", where);
        Await.until("COLO is on", PATIENCE, () -> {
            requireRunning(primary(), "primary");
            String status = sender.ask("query-migrate", Map.of()).path("status").asText();
            if (status.equals("failed")) {
                throw new Await.AbortWaiting("the migration into COLO has failed");
            }
            return status.equals("colo");
        });
    }

    @Override
    public List<Checkpoint> observe(double seconds) throws IOException, InterruptedException {
        double begin = ColoTrace.millis(Instant.now());
        Thread.sleep((long) (1000 * seconds));
        double end = ColoTrace.millis(Instant.now());
        return ColoTrace.parse(
                Files.readAllLines(file("primary.trace")), Files.readAllLines(file("secondary.trace")), begin, end);
    }

    /** The secondary is told at once: QEMU leaves it to others to notice. */
    @Override
    public double takeoverMillis() throws IOException, TimeoutException {
        double killed = ColoTrace.millis(Instant.now());
        primary().destroyForcibly();
        Qmp survivor = monitors.get(1);
        survivor.ask("x-colo-lost-heartbeat", Map.of());
        double[] running = {0};
        Await.until("the secondary runs the guest", PATIENCE, 1, () -> {
            JsonNode status = survivor.ask("query-status", Map.of());
            running[0] = sinceLeft(survivor.events());
            return status.path("status").asText().equals("running") && running[0] > 0;
        });
        return running[0] - killed;
    }

    /** When a QEMU has begun to run its guest after it had left COLO; 0 if it has not. */
    private static double sinceLeft(List<JsonNode> events) {
        boolean left = false;
        for (JsonNode event : events) {
            String name = event.path("event").asText();
            if (left && name.equals("RESUME")) {
                return 1000.0 * event.at("/timestamp/seconds").asLong()
                        + event.at("/timestamp/microseconds").asLong() / 1000.0;
            }
            left |= name.equals("COLO_EXIT");
        }
        return 0;
    }

    @Override
    public void close() throws IOException {
        for (Qmp monitor : monitors) {
            monitor.close();
        }
        processes.forEach(Process::destroyForcibly);
        try {
            for (Process process : processes) {
                process.waitFor(10, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Lab.deleteTree(directory);
    }

    /** What runs a guest without any devices but a serial port; {@link #start} adds the rest. */
    static List<String> words(Path qemu, List<String> processor, int memoryMib, List<String> boot) {
        List<String> words = new ArrayList<>(List.of(qemu.toString(), "-machine", "pc,usb=off,suppress-vmdesc=on"));
        words.addAll(processor);
        words.addAll(List.of("-m", memoryMib + "M", "-smp", "1", "-nodefaults", "-no-user-config"));
        words.addAll(List.of("-display", "none", "-vga", "none"));
        words.addAll(boot);
        return words;
    }
}
