package org.kemari.itests.bench.compare;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.kemari.itests.bench.Context;
import org.kemari.itests.bench.Samples;
import org.kemari.itests.bench.Table;
import org.kemari.itests.guest.DomainSpec;

/** Kemari and COLO, turn about: the same QEMU, guest, load and period. */
final class Contest {
    static final int PERIOD_MILLIS = 100;

    private static final int MEMORY_MIB = 512;
    private static final int WORKING_SET_MIB = 64;
    private static final List<Integer> DIRTIED = List.of(0, 1000, 2000, 4000);
    private static final List<Integer> QUICK_DIRTIED = List.of(0, 1000);
    private static final int WARM_UP_DIRTIED = 2000;
    private static final double WARM_UP_SECONDS = 10;
    /** What follows the first copy of memory, and what Java compiles, is not to count. */
    private static final double SETTLING_SECONDS = 1;

    private static final double SECONDS_PER_SECOND = 5;

    private final Context context;
    private final Path qemu;
    private final boolean quick;
    private final int rounds;
    private final double seconds;
    private final List<Bout> bouts = new ArrayList<>();
    private List<String> processor = List.of();
    private int number;

    /**
     * Nothing is measured yet.
     *
     * @param qemu in which COLO works
     */
    Contest(Context context, CompareOptions options, Path qemu) {
        this.context = context;
        this.qemu = qemu;
        this.quick = options.quick();
        this.rounds = options.rounds();
        this.seconds = SECONDS_PER_SECOND * options.seconds();
    }

    /** What both guests run on, as words of a command line; known after {@link #run}. */
    List<String> processor() {
        return processor;
    }

    /** What has been measured so far. */
    List<Bout> bouts() {
        return List.copyOf(bouts);
    }

    void run() throws IOException, TimeoutException, InterruptedException {
        KemariPair.prepare(context.pair(), qemu);
        context.progress().say("warming up: Kemari with %s", qemu);
        try (KemariPair first = kemari(WARM_UP_DIRTIED)) {
            processor = new ArrayList<>(first.words("-accel"));
            processor.addAll(first.words("-cpu"));
            if (first.observe(quick ? SETTLING_SECONDS : WARM_UP_SECONDS).isEmpty()) {
                throw new IOException("Kemari's log tells of no checkpoints");
            }
        }
        List<String> sides = new ArrayList<>(List.of(Bout.KEMARI, Bout.COLO));
        for (int round = 1; round <= rounds; round++) {
            for (int dirtied : quick ? QUICK_DIRTIED : DIRTIED) {
                for (String side : sides) {
                    measure(round, side, dirtied);
                }
                Collections.reverse(sides);
            }
        }
    }

    private void measure(int round, String side, int dirtied) throws InterruptedException {
        try (Contender pair = side.equals(Bout.COLO) ? colo(dirtied) : kemari(dirtied)) {
            Thread.sleep((long) (1000 * SETTLING_SECONDS));
            List<Checkpoint> checkpoints = pair.observe(seconds);
            Bout bout = new Bout(round, side, dirtied, checkpoints, pair.takeoverMillis());
            bouts.add(bout);
            Samples pauses = Checkpoint.samples(checkpoints, Checkpoint::pauseMillis);
            context.progress()
                    .say(
                            "round %d of %d, %s, %d pages written in %d ms: %d checkpoints of %s pages, pause p50 %s ms,"
                                    + " p99 %s ms; takeover %s ms",
                            round,
                            rounds,
                            side,
                            dirtied,
                            PERIOD_MILLIS,
                            checkpoints.size(),
                            Table.number(Checkpoint.samples(checkpoints, Checkpoint::pages)
                                    .median()),
                            Table.number(pauses.median()),
                            Table.number(pauses.percentile(99)),
                            Table.number(bout.takeoverMillis()));
        } catch (IOException | TimeoutException | RuntimeException e) {
            context.failed(side + ", round " + round + ", " + dirtied + " pages", e);
        }
    }

    private KemariPair kemari(int dirtied) throws TimeoutException, IOException {
        number++;
        return KemariPair.start(context, "contest-" + number, MEMORY_MIB, dirt(dirtied), PERIOD_MILLIS);
    }

    private ColoPair colo(int dirtied) throws IOException, TimeoutException {
        String commandLine = new DomainSpec("colo", "")
                .withoutNic()
                .commandLine(dirt(dirtied))
                .kernelCommandLine();
        List<String> boot = List.of(
                "-kernel",
                context.image().kernel().toString(),
                "-initrd",
                context.image().initrd().toString(),
                "-append",
                commandLine);
        return ColoPair.start(context.lab(), ColoPair.words(qemu, processor, MEMORY_MIB, boot), PERIOD_MILLIS);
    }

    private static String dirt(int dirtied) {
        return "kemari.dirty=" + WORKING_SET_MIB + ":" + dirtied * 1000 / PERIOD_MILLIS;
    }
}
