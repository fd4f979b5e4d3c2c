package org.kemari.itests.bench;

import java.io.IOException;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/** What the guest and its clients see: unprotected and protected, turn about. */
final class GuestBenchmark implements Benchmark {
    private static final int MEMORY_MIB = 512;
    private static final int VCPUS = 1;
    private static final double PING_SECONDS = 3;
    private static final double PING_INTERVAL_SECONDS = 0.01;
    private static final double SECONDS = 2;
    private static final int FSYNCS = 40;

    private static final DiskLoad READ = new DiskLoad(false, false, 4 << 10, 1);
    private static final DiskLoad WRITE = new DiskLoad(false, true, 4 << 10, 1);
    private static final DiskLoad DEEP_READ = new DiskLoad(false, false, 4 << 10, 8);
    private static final DiskLoad DEEP_WRITE = new DiskLoad(false, true, 4 << 10, 8);

    private enum Mode {
        UNPROTECTED,
        PROTECTED
    }

    /** Figures of one mode, by what they are; in the order in which they were first met. */
    private static final class Figures {
        private final Map<String, Samples> byName = new LinkedHashMap<>();

        Samples of(String name) {
            return byName.computeIfAbsent(name, key -> new Samples());
        }
    }

    @Override
    public String name() {
        return "guest";
    }

    @Override
    public List<Table> run(Context context) throws IOException, TimeoutException, InterruptedException {
        Map<Mode, Figures> figures = new EnumMap<>(Mode.class);
        for (Mode mode : Mode.values()) {
            figures.put(mode, new Figures());
        }
        try (Guest guest = Guest.start(context, "bench", "198.18.7.100", MEMORY_MIB, VCPUS, true)) {
            String accelerator = guest.accelerator();
            context.progress().say("the guest is up (%s)", accelerator);
            int rounds = context.options().rounds();
            for (int round = 1; round <= rounds; round++) {
                measure(context, guest, figures.get(Mode.UNPROTECTED));
                context.progress().say("guest: round %d of %d, unprotected", round, rounds);
                double seconds = guest.protect();
                context.progress().say("guest: protected after %.1f s", seconds);
                measure(context, guest, figures.get(Mode.PROTECTED));
                context.progress().say("guest: round %d of %d, protected", round, rounds);
                guest.unprotect();
            }
            return List.of(table(figures.get(Mode.UNPROTECTED), figures.get(Mode.PROTECTED), accelerator));
        }
    }

    private static void measure(Context context, Guest guest, Figures figures) throws IOException {
        Options options = context.options();
        double seconds = options.seconds(SECONDS);
        int pings = (int) (options.seconds(PING_SECONDS) / PING_INTERVAL_SECONDS);
        List<Ping.Reply> replies = Ping.run(guest.address(), PING_INTERVAL_SECONDS, pings);
        replies.forEach(reply -> figures.of("ping every 10 ms, ms").add(reply.millis()));
        figures.of("ping, answers missing, %").add(100.0 * (pings - replies.size()) / pings);
        figures.of("TCP echo, ms").addAll(NetworkLoad.echo(guest.address(), seconds));
        figures.of("bulk TCP from the guest, MB/s").add(NetworkLoad.fromGuest(guest.address(), seconds) / 1e6);
        figures.of("bulk TCP to the guest, MB/s").add(NetworkLoad.toGuest(guest.address(), seconds) / 1e6);
        Map<String, String> fsync = guest.control().ask("fsync " + (options.quick() ? FSYNCS / 4 : FSYNCS));
        figures.of("append 4 KiB + fsync, median ms").add(Double.parseDouble(fsync.get("p50")) / 1000);
        figures.of("append 4 KiB + fsync, p95 ms").add(Double.parseDouble(fsync.get("p95")) / 1000);
        for (DiskLoad load : List.of(READ, WRITE, DEEP_READ, DEEP_WRITE)) {
            DiskLoad.Outcome outcome = load.run(guest.control(), Guest.RAW_DEVICE, seconds);
            figures.of(load.words() + ", requests/s").add(outcome.requestsPerSecond());
            figures.of(load.words() + ", median ms").add(outcome.p50Micros() / 1000);
        }
    }

    private static Table table(Figures unprotected, Figures protectedOnes, String accelerator) {
        Table table = new Table(
                "What the guest and its clients see",
                "A guest of " + MEMORY_MIB + " MiB and " + VCPUS + " vCPU (" + accelerator
                        + "), its two disks mirrored and, on both hosts, in memory. Each round: unprotected, then"
                        + " protected on the other host. Percentiles of ping and echo are over all their samples, the"
                        + " rest over the rounds.",
                "figure",
                "unprotected median",
                "p95",
                "p99",
                "protected median",
                "p95",
                "p99");
        unprotected.byName.forEach((name, samples) -> {
            Samples others = protectedOnes.of(name);
            table.row(
                    name,
                    Table.number(samples.median()),
                    Table.number(samples.percentile(95)),
                    Table.number(samples.percentile(99)),
                    Table.number(others.median()),
                    Table.number(others.percentile(95)),
                    Table.number(others.percentile(99)));
            if (name.startsWith("ping every")) {
                table.row(
                        "ping every 10 ms, average ms",
                        Table.number(samples.mean()),
                        "–",
                        "–",
                        Table.number(others.mean()),
                        "–",
                        "–");
            }
        });
        return table;
    }
}
