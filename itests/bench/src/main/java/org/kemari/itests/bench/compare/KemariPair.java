package org.kemari.itests.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.kemari.api.management.DomainMXBean;
import org.kemari.api.management.TakeoverView;
import org.kemari.itests.bench.Context;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.HostConsole;
import org.kemari.itests.lab.KemariHost;
import org.kemari.itests.lab.Pair;

/** A guest without disks or network, protected by Kemari with checkpoints at a fixed period. */
final class KemariPair implements Contender {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String SESSION_LOGGER = "org.kemari.statetransfer.internal.outgoing.PrimarySession";

    private final Pair pair;
    private final String name;
    private KemariHost primary;

    private KemariPair(Pair pair, String name) {
        this.pair = pair;
        this.name = name;
        this.primary = pair.east();
    }

    /** From now on both hosts start guests with a QEMU, and log every checkpoint. */
    static void prepare(Pair pair, Path qemu) throws TimeoutException {
        for (KemariHost host : List.of(pair.east(), pair.west())) {
            host.files().set("org.kemari.host.cfg", Map.of("qemuBinary", qemu.toString()));
            host.files()
                    .set(
                            "org.ops4j.pax.logging.cfg",
                            Map.of(
                                    "log4j2.logger.checkpoints.name",
                                    SESSION_LOGGER,
                                    "log4j2.logger.checkpoints.level",
                                    "DEBUG"));
            Await.until(
                    host.name() + " uses " + qemu,
                    PATIENCE,
                    () -> host.console().host().getConfigurationChanges().stream()
                            .anyMatch(change -> change.contains(qemu.toString())));
        }
    }

    /**
     * Starts a guest, waits until it is up, and protects it.
     *
     * @param name of the domain; no other of this process may have had it
     * @param commandLine what its kernel is told
     * @param periodMillis time between the begins of checkpoints
     */
    static KemariPair start(Context context, String name, int memoryMib, String commandLine, int periodMillis)
            throws TimeoutException, IOException {
        KemariPair started = new KemariPair(context.pair(), name);
        Pair pair = started.pair;
        String period = String.format("  maxEpochAge: %d ms%n  minEpochGap: %d ms%n", periodMillis, periodMillis);
        new DomainSpec(name, "")
                .withoutNic()
                .machine("pc")
                .memory(memoryMib)
                .kernel(context.image())
                .commandLine(commandLine)
                .yaml(period)
                .define(pair.east(), pair.west());
        try {
            Await.until(name + " is defined", PATIENCE, () -> started.domain().getState() != null);
            started.domain().start();
            Path console = pair.east().files().consoles().resolve(name + ".log");
            Await.until(
                    name + " is up", PATIENCE, () -> Files.readString(console).contains(ColoPair.READY));
            started.domain().protect(pair.west().name());
            Await.until(name + " is protected", PATIENCE, () -> started.domain().isProtected());
            return started;
        } catch (TimeoutException | RuntimeException e) {
            started.close();
            throw e;
        }
    }

    private DomainMXBean domain() {
        return primary.console().domain(name);
    }

    /** The words of the command line of the QEMU that runs it: an option and what comes after it. */
    List<String> words(String option) throws IOException {
        Path commandLine = Path.of("/proc", Long.toString(domain().getHypervisorPid()), "cmdline");
        List<String> words = List.of(Files.readString(commandLine).split("\0"));
        int at = words.indexOf(option);
        return at >= 0 && at + 1 < words.size() ? words.subList(at, at + 2) : List.of();
    }

    @Override
    public List<Checkpoint> observe(double seconds) throws IOException, InterruptedException {
        Path log = primary.files().log();
        int before = Files.readAllLines(log).size();
        Thread.sleep((long) (1000 * seconds));
        List<String> lines = Files.readAllLines(log);
        return Checkpoint.ofKemari(name, new ArrayList<>(lines.subList(Math.min(before, lines.size()), lines.size())));
    }

    /** The other host has to notice by itself. */
    @Override
    public double takeoverMillis() throws IOException, TimeoutException {
        KemariHost survivor = pair.other(primary);
        long qemu = domain().getHypervisorPid();
        double killed = ColoTrace.millis(Instant.now());
        KemariHost.kill(List.of(qemu));
        DomainMXBean there = survivor.console().domain(name);
        TakeoverView[] report = new TakeoverView[1];
        Await.until(name + " is taken over", PATIENCE, () -> {
            report[0] = there.getLastTakeover();
            return report[0] != null && there.getRole().equals("PRIMARY");
        });
        primary = survivor;
        return report[0].getDetectedEpochMillis() + report[0].getResumedMicros() / 1000.0 - killed;
    }

    @Override
    public void close() throws TimeoutException {
        HostConsole console = primary.console();
        domain().stop(0);
        console.awaitState(name, PATIENCE, "STOPPED");
        for (KemariHost host : List.of(pair.east(), pair.west())) {
            host.files().removeDomain(name);
            host.console().host().reloadConfiguration();
        }
    }
}
