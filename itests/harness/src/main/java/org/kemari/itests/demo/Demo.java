package org.kemari.itests.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.kemari.api.management.DomainMXBean;
import org.kemari.api.management.LatencyView;
import org.kemari.api.management.StateTransferMXBean;
import org.kemari.api.management.TakeoverView;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.guest.GuestControl;
import org.kemari.itests.guest.GuestDisks;
import org.kemari.itests.guest.GuestImage;
import org.kemari.itests.guest.GuestPorts;
import org.kemari.itests.guest.Latencies;
import org.kemari.itests.guest.RecordClient;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.HostConsole;
import org.kemari.itests.lab.Lab;
import org.kemari.itests.lab.Pair;
import org.kemari.itests.lab.Witness;

/**
 * Two hosts, a witness, one guest, one client. One host is killed with everything on it; the witness lets the other one
 * take over, and the guest carries on there. Ends with status 0 only if nothing was lost.
 */
public final class Demo {
    private static final String DOMAIN = "web";
    private static final String GUEST = "198.18.7.100";
    private static final int MEMORY_MIB = 512;
    private static final long DISK_BYTES = 64L << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Story story;
    private final Lab lab;
    private final Path output;
    private final Witness witness;
    private final Map<String, Object> figures = new LinkedHashMap<>();

    private Demo(Story story, Lab lab) throws IOException {
        this.story = story;
        this.lab = lab;
        this.output = lab.root().resolve("target/demo");
        this.witness = Witness.create(lab, "witness");
        Lab.deleteTree(output);
        Files.createDirectories(output);
    }

    public static void main(String[] arguments) throws Exception {
        Story story = new Story(System.out, System.console() != null);
        boolean good = false;
        try (Lab lab = Lab.open()) {
            good = new Demo(story, lab).run();
        }
        System.exit(good ? 0 : 1);
    }

    private boolean run() throws IOException, InterruptedException {
        story.title("Kemari: a host dies, its guest carries on.");
        Pair pair = Pair.create(lab);
        try {
            return tell(pair);
        } catch (IOException | TimeoutException | RuntimeException e) {
            story.line("FAILED: %s", e);
            saveLogs(pair);
            return false;
        }
    }

    private boolean tell(Pair pair) throws IOException, TimeoutException, InterruptedException {
        DomainSpec domain = startHosts(pair);
        Path westDisk = domain.disks().get(0).on(pair.west());
        HostConsole east = pair.east().console();
        HostConsole west = pair.west().console();

        east.domain(DOMAIN).start();
        east.awaitState(DOMAIN, PATIENCE, "SOLO");
        GuestControl control = GuestControl.await(GUEST, PATIENCE);
        String bootId = control.bootId();
        story.line("a Linux guest runs on east: %d MiB of memory, a disk that both hosts have a copy of,", MEMORY_MIB);
        story.more("and a TCP service that appends numbered records with fsync and then acknowledges them");

        Clock clock = new Clock();
        RecordClient client = RecordClient.start(GUEST, GuestPorts.RECORD, 1, 0);
        Thread.sleep(2000);
        describe("unprotected", "not protected", client.answers());

        protect(east, west);
        int joined = client.count();
        Thread.sleep(5000);
        describe("protected", "protected", client.answers().subList(joined, client.count()));
        describeCheckpoints(east.transfer(DOMAIN));

        story.line("everything on east is now killed with SIGKILL: its hypervisor and its Kemari");
        long killNanos = System.nanoTime();
        pair.east().killEverything();
        int answered = client.count();
        west.awaitState(DOMAIN, PATIENCE, "SOLO");
        Await.until("the client has replies again", PATIENCE, () -> {
            client.failure().ifPresent(e -> {
                throw new Await.AbortWaiting("the client's connection broke: " + e);
            });
            return client.count() > answered + 20;
        });
        TakeoverView report = west.domain(DOMAIN).getLastTakeover();
        Thread.sleep(3000);
        List<RecordClient.Answer> answers = client.finish();
        TakeoverTimeline timeline = TakeoverTimeline.of(
                report,
                clock.epochMicros(killNanos),
                answers.stream()
                        .map(answer -> (answer.answeredNanos() - killNanos) / 1e6)
                        .toList());
        describeTakeover(timeline, report);
        story.line(
                "the same TCP connection has counted on: %d records acknowledged before the kill, %d since",
                answered, answers.size() - answered);

        boolean sameGuest = bootId.equals(control.bootId());
        control.ask("sync");
        control.close();
        west.domain(DOMAIN).stop(0);
        west.awaitState(DOMAIN, PATIENCE, "STOPPED");
        return judge(Verdict.of(westDisk, client, sameGuest), timeline, pair);
    }

    private DomainSpec startHosts(Pair pair) throws IOException, TimeoutException {
        Path disks = Files.createTempDirectory(output, "disks-");
        lab.closeLater(() -> Lab.deleteTree(disks));
        pair.east().files().keepDisksIn(Files.createDirectories(disks.resolve("east")));
        pair.west().files().keepDisksIn(Files.createDirectories(disks.resolve("west")));
        witness.arbitrate(pair.east(), pair.west()).start();
        pair.east().start();
        pair.west().start();
        story.line("three machines are starting: a network namespace each, with a Kemari in it");
        story.more("east and west run guests; the witness only keeps the record of which of them does");
        DomainSpec domain = new DomainSpec(DOMAIN, GUEST)
                .kernel(GuestImage.build(lab.workspace().resolve("image")))
                .memory(MEMORY_MIB)
                .standbys("west")
                .mirrored("data", "data.img", 1);
        GuestDisks.makeExt4(domain.disks().get(0).on(pair.east()), DISK_BYTES);
        GuestDisks.makeEmpty(domain.disks().get(0).on(pair.west()), DISK_BYTES);
        witness.awaitReady();
        pair.awaitReady();
        domain.define(pair.east(), pair.west());
        for (HostConsole host : List.of(pair.east().console(), pair.west().console())) {
            Await.until("the witness is asked", PATIENCE, () -> host.arbiter().isReachable());
        }
        story.line("all are up");
        return domain;
    }

    private void protect(HostConsole east, HostConsole west) throws TimeoutException {
        DomainMXBean domain = east.domain(DOMAIN);
        long begun = System.nanoTime();
        domain.protect("");
        story.line("west is asked to protect it: memory and disk are copied while the guest runs");
        long[] told = {System.nanoTime()};
        Await.until("the guest is protected", PATIENCE, () -> {
            if (System.nanoTime() - told[0] > (story.isTerminal() ? 100_000_000L : 1_000_000_000L)) {
                told[0] = System.nanoTime();
                tellProgress(domain);
            }
            String state = domain.getState();
            if (state.equals("SOLO") && System.nanoTime() - begun > 2_000_000_000L) {
                throw new Await.AbortWaiting("no protection: " + domain.getReason());
            }
            return domain.isProtected();
        });
        west.awaitState(DOMAIN, PATIENCE, "READY");
        double seconds = (System.nanoTime() - begun) / 1e9;
        figures.put("fullSyncSeconds", seconds);
        figures.put("fullSyncBytesSent", domain.getSyncBytesSent());
        figures.put("fullSyncRounds", domain.getSyncRound());
        story.line("the guest is protected, after %.1f s and %d MiB", seconds, domain.getSyncBytesSent() >> 20);
    }

    private void tellProgress(DomainMXBean domain) {
        long total = domain.getSyncBytesTotal();
        if (total > 0) {
            story.progress(
                    "  %s, round %d: %d of %d MiB, %d MiB/s",
                    domain.getSyncPhase(),
                    domain.getSyncRound(),
                    domain.getSyncBytesDone() >> 20,
                    total >> 20,
                    domain.getSyncBytesPerSecond() >> 20);
        }
    }

    private void describe(String key, String words, List<RecordClient.Answer> answers) {
        Latencies latencies = Latencies.ofAnswers(answers);
        figures.put(key + "Records", latencies);
        story.line("%s: %d records acknowledged, each durable: %s", words, latencies.count(), latencies);
    }

    private void describeCheckpoints(StateTransferMXBean transfer) {
        LatencyView pause = transfer.getPause();
        LatencyView commit = transfer.getCommit();
        figures.put("checkpoints", transfer.getCheckpoints());
        figures.put("pauseMicros", pause);
        figures.put("commitMicros", commit);
        figures.put("capture", transfer.getCapture());
        story.more(
                "%d checkpoints: the guest pauses for %.1f ms (p95 %.1f), west has them %.1f ms later (p95 %.1f)",
                transfer.getCheckpoints(),
                pause.getP50Micros() / 1e3,
                pause.getP95Micros() / 1e3,
                commit.getP50Micros() / 1e3,
                commit.getP95Micros() / 1e3);
    }

    private void describeTakeover(TakeoverTimeline timeline, TakeoverView report) {
        figures.put("takeover", report);
        figures.put("timelineMillisAfterKill", timeline.steps());
        figures.put("longestSilenceMillis", timeline.silenceMillis());
        story.line("west has taken over (%s), from checkpoint %d:", report.getReason(), report.getEpoch());
        for (TakeoverTimeline.Step step : timeline.steps()) {
            story.more("%9.1f ms  %s", step.atMillis(), step.name());
        }
        story.more(
                "%d requests were found pending in the rings; the client's longest silence was %.0f ms",
                report.getPendingRequests(), timeline.silenceMillis());
    }

    private boolean judge(Verdict verdict, TakeoverTimeline timeline, Pair pair) throws IOException {
        story.line("west's disk: %d records found, fsck and every checksum looked at", verdict.found());
        figures.put("acknowledged", verdict.acknowledged());
        figures.put("found", verdict.found());
        figures.put("faults", verdict.faults());
        figures.put("nothingLost", verdict.isGood());
        Path svg = output.resolve("timeline.svg");
        Path json = output.resolve("figures.json");
        Files.writeString(svg, TimelineSvg.draw(timeline));
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(json.toFile(), figures);
        story.more("timeline: %s, figures: %s", relative(svg), relative(json));
        if (verdict.isGood()) {
            story.title("Nothing was lost: all " + verdict.acknowledged()
                    + " acknowledged records are on the disk, each once and in order, the file system is clean, the"
                    + " guest was never booted again and its TCP connection never broke.");
        } else {
            verdict.faults().forEach(fault -> story.line("WRONG: %s", fault));
            saveLogs(pair);
            story.title("Something was lost.");
        }
        return verdict.isGood();
    }

    private void saveLogs(Pair pair) {
        pair.east().saveLogs(output.resolve("logs"));
        pair.west().saveLogs(output.resolve("logs"));
        witness.saveLogs(output.resolve("logs"));
        story.more("the logs of all machines are in %s", relative(output.resolve("logs")));
    }

    private Path relative(Path path) {
        return lab.root().relativize(path);
    }

    /** The wall clock of moments of the monotonic one. */
    private static final class Clock {
        private final long epochMicros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        private final long nanos = System.nanoTime();

        long epochMicros(long atNanos) {
            return epochMicros + (atNanos - nanos) / 1000;
        }
    }
}
