package org.kemari.itests.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.lab.KemariHost;
import org.kemari.itests.lab.Pair;

/** Whether Java stands still while a guest waits for it: under each collector, what a protected domain under load sees. */
final class StutterBenchmark implements Benchmark {
    private static final int MEMORY_MIB = 256;
    private static final double WARM_SECONDS = 10;
    private static final double SECONDS = 30;
    private static final double PAUSE_TARGET_MILLIS = 10;

    /** The first is what the assembly comes with. */
    private static final List<String> COLLECTORS = List.of("Serial", "G1", "Shenandoah", "Z");

    @Override
    public String name() {
        return "stutter";
    }

    @Override
    public List<Table> run(Context context) throws IOException, TimeoutException, InterruptedException {
        Table pauses = new Table(
                "Java that stands still",
                "The Java of the primary, while its guest of " + MEMORY_MIB
                        + " MiB writes to its disk (4 KiB, depth 4) and"
                        + " answers a client, for "
                        + Table.number(context.options().seconds(SECONDS))
                        + " s, protected. Standing still: all threads together, for whatever reason, milliseconds, as"
                        + " `-Xlog:safepoint` tells; collections are among it. Round trips: milliseconds, as the client"
                        + " sees them. Resident: MiB, without guest memory.",
                "collector",
                "checkpoints",
                "stood still",
                "total",
                "p99",
                "max",
                "heap taken, KiB for a checkpoint",
                "round trip median",
                "p99",
                "max",
                "resident");
        Table takers = new Table(
                "What takes of the heap",
                "Bytes for a checkpoint, by thread, of the primary in the first of these runs; those that took most.",
                "thread",
                "bytes");
        for (String collector : COLLECTORS) {
            boolean first = collector.equals(COLLECTORS.get(0));
            if (first || !context.options().quick()) {
                measure(context, collector, pauses, first ? takers : new Table("", "", "thread", "bytes"));
            }
        }
        return List.of(pauses, takers);
    }

    private static void measure(Context context, String collector, Table pauses, Table takers)
            throws IOException, TimeoutException, InterruptedException {
        Pair pair = context.pair();
        Path log = Files.createTempDirectory(context.output(), "safepoints").resolve("log");
        for (KemariHost host : List.of(pair.east(), pair.west())) {
            host.haltKemari();
            String[] options = {
                "-XX:-UseSerialGC",
                "-XX:+Use" + collector + "GC",
                ResidentMemory.ACCOUNT,
                "-Xlog:safepoint:file=" + (host == pair.east() ? log : log.resolveSibling("other")) + ":uptime"
            };
            host.withShell().withOptions(options).start();
        }
        pair.awaitReady();
        DomainSpec spec = new DomainSpec("stutter", "198.18.7.100").memory(MEMORY_MIB);
        try (Guest guest = Guest.start(context, spec, true)) {
            guest.protect();
            load(guest, context.options().seconds(WARM_SECONDS));
            HeapTaken before = HeapTaken.of(guest.console());
            long begin = Safepoints.lines(log);
            long epochs = guest.domain().getEpoch();
            Samples echoes = load(guest, context.options().seconds(SECONDS));
            long checkpoints = Math.max(1, guest.domain().getEpoch() - epochs);
            Safepoints found = Safepoints.since(log, begin);
            HeapTaken taken = HeapTaken.of(guest.console()).since(before);
            pauses.row(
                    collector,
                    Long.toString(checkpoints),
                    Long.toString(found.count()),
                    Table.number(found.totalMillis()),
                    Table.number(found.p99Millis()),
                    Table.atMost(found.maxMillis(), PAUSE_TARGET_MILLIS),
                    Table.number(taken.all() / 1024.0 / checkpoints),
                    Table.number(echoes.median()),
                    Table.number(echoes.percentile(99)),
                    Table.number(echoes.max()),
                    Table.number(ResidentMemory.of(pair.east()).resident() / 1048576.0));
            taken.most(12)
                    .forEach(thread ->
                            takers.row(thread.getKey(), Table.number((double) thread.getValue() / checkpoints)));
            context.progress().say("stutter: %s: %s, worst %s", collector, found, found.worst());
        } finally {
            for (KemariHost host : List.of(pair.east(), pair.west())) {
                host.withOptions();
            }
        }
    }

    /** Round trips of a client, while the guest also writes to its disk. */
    private static Samples load(Guest guest, double seconds) throws IOException {
        CompletableFuture<Void> disk = CompletableFuture.runAsync(() -> {
            try {
                new DiskLoad(false, true, 4096, 4).run(guest.control(), Guest.RAW_DEVICE, seconds);
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        });
        try {
            return NetworkLoad.echo(guest.address(), seconds);
        } finally {
            disk.join();
        }
    }
}
