package org.kemari.itests.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.guest.GuestPorts;
import org.kemari.itests.guest.HotSwap;
import org.kemari.itests.guest.RecordClient;
import org.kemari.itests.lab.HostBundles.Exchange;
import org.kemari.itests.lab.HostGroup;
import org.kemari.itests.lab.KemariHost;

/** How long a client waits, and a guest is not protected, when a bundle is exchanged: each bundle, each way, each host. */
final class ExchangeBenchmark implements Benchmark {
    private static final double WAIT_TARGET_MILLIS = 300;
    private static final int MEMORY_MIB = 256;
    private static final Duration CALM = Duration.ofSeconds(3);
    private static final int BEGINNING = 50;
    private static final List<String> BUNDLES = List.of(
            "management",
            "shell",
            "arbiter-local",
            "health",
            "ring-restoration",
            "state-transfer",
            "protection",
            "hypervisor-qemu",
            "config",
            "event-tap",
            "link");
    /** One for each kind, for a quick look. */
    private static final List<String> SOME = List.of("management", "protection", "event-tap");

    private record Cell(String bundle, Exchange how) {
        String words() {
            return bundle + ", " + how.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** What has been measured of one cell on one host. */
    private static final class Figures {
        private final Samples waits = new Samples();
        private final Samples unprotected = new Samples();

        void add(HotSwap.Outcome outcome) {
            waits.add(outcome.waitNanos() / 1e6);
            unprotected.add(outcome.unprotectedMillis() / 1e3);
        }
    }

    @Override
    public String name() {
        return "exchange";
    }

    @Override
    public List<Table> run(Context context) throws IOException, TimeoutException, InterruptedException {
        List<Cell> cells = new ArrayList<>();
        for (String bundle : context.options().quick() ? SOME : BUNDLES) {
            for (Exchange how : Exchange.values()) {
                cells.add(new Cell(bundle, how));
            }
        }
        DomainSpec spec = new DomainSpec("exchange", "198.18.7.100")
                .memory(MEMORY_MIB)
                .standbys("east", "west")
                .automatic(true);
        try (Guest guest = Guest.start(context, spec, false)) {
            HostGroup hosts = HostGroup.of(context.pair());
            hosts.awaitProtected(spec.name(), Guest.PATIENCE);
            try (RecordClient client = RecordClient.start(spec.address(), GuestPorts.RECORD, 1, 0)) {
                client.awaitMore(BEGINNING, Guest.PATIENCE);
                HotSwap swap = new HotSwap(hosts, spec.name(), guest.primary(), client, Guest.PATIENCE);
                List<Table> tables = measure(context, swap, cells, guest.primary());
                client.finish();
                if (client.failure().isPresent()) {
                    throw new IOException(
                            "the client's connection broke", client.failure().get());
                }
                return tables;
            }
        }
    }

    private static List<Table> measure(Context context, HotSwap swap, List<Cell> cells, KemariHost primary)
            throws IOException, TimeoutException {
        Map<Cell, Figures> here = new LinkedHashMap<>();
        Map<Cell, Figures> there = new LinkedHashMap<>();
        Samples calm = new Samples();
        int rounds = context.options().exchanges();
        for (int round = 1; round <= rounds; round++) {
            calm.add(swap.nothing(CALM).waitNanos() / 1e6);
            for (Cell cell : cells) {
                KemariHost standby = context.pair().other(primary);
                here.computeIfAbsent(cell, c -> new Figures()).add(swap.exchange(primary, cell.bundle(), cell.how()));
                there.computeIfAbsent(cell, c -> new Figures()).add(swap.exchange(standby, cell.bundle(), cell.how()));
            }
            context.progress().say("exchange: round %d of %d", round, rounds);
        }
        return List.of(summary(cells, here, there, calm, rounds), details(cells, here, there));
    }

    private static Table summary(
            List<Cell> cells, Map<Cell, Figures> here, Map<Cell, Figures> there, Samples calm, int rounds) {
        Table table = new Table(
                "Exchanging bundles",
                "A protected guest of " + MEMORY_MIB + " MiB appends records for a client, each made durable before it"
                        + " is acknowledged, while bundles of its hosts are updated, restarted, stopped and started, and"
                        + " refreshed. Wait: the longest time that the client waited for an answer in an exchange,"
                        + " milliseconds; while nothing was exchanged, in " + CALM.toSeconds() + " s, it was "
                        + Table.number(calm.median()) + ". Protected: seconds from the begin of an exchange until the"
                        + " domain was protected again, 0 if it stayed so. Of each bundle and host "
                        + rounds * Exchange.values().length
                        + " exchanges. No connection broke, and the guest stayed where it was.",
                "bundle",
                "primary: wait median",
                "max",
                "protected median",
                "max",
                "standby: wait median",
                "max",
                "protected median",
                "max");
        for (String bundle : cells.stream().map(Cell::bundle).distinct().toList()) {
            Figures ofHere = new Figures();
            Figures ofThere = new Figures();
            for (Cell cell : cells) {
                if (cell.bundle().equals(bundle)) {
                    ofHere.waits.addAll(here.get(cell).waits);
                    ofHere.unprotected.addAll(here.get(cell).unprotected);
                    ofThere.waits.addAll(there.get(cell).waits);
                    ofThere.unprotected.addAll(there.get(cell).unprotected);
                }
            }
            row(table, bundle, ofHere, ofThere, true);
        }
        return table;
    }

    private static Table details(List<Cell> cells, Map<Cell, Figures> here, Map<Cell, Figures> there) {
        Table table = new Table(
                "Exchanging bundles, by the way it is done",
                "The same exchanges.",
                "bundle, way",
                "primary: wait median",
                "max",
                "protected median",
                "max",
                "standby: wait median",
                "max",
                "protected median",
                "max");
        cells.forEach(cell -> row(table, cell.words(), here.get(cell), there.get(cell), false));
        return table;
    }

    private static void row(Table table, String words, Figures here, Figures there, boolean targets) {
        table.row(
                words,
                Table.number(here.waits.median()),
                wait(here, targets),
                Table.number(here.unprotected.median()),
                Table.number(here.unprotected.max()),
                Table.number(there.waits.median()),
                wait(there, targets),
                Table.number(there.unprotected.median()),
                Table.number(there.unprotected.max()));
    }

    private static String wait(Figures figures, boolean target) {
        double max = figures.waits.max();
        return target ? Table.atMost(max, WAIT_TARGET_MILLIS) : Table.number(max);
    }
}
