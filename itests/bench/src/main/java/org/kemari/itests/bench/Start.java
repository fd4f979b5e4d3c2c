package org.kemari.itests.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.KarafConsole;
import org.kemari.itests.lab.Lab;
import org.kemari.itests.lab.UnpackedKaraf;

/** How long the assembly takes to start, as an operator unpacks and starts it. */
final class Start {
    private static final double TARGET_SECONDS = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final long LOOK_MILLIS = 100;
    private static final int ALL_BUNDLES = 10;
    /** Each takes half a minute. */
    private static final int MOST_ROUNDS = 3;

    private Start() {}

    static Table measure(Context context) throws IOException, TimeoutException {
        Samples firstBeans = new Samples();
        Samples firstAll = new Samples();
        Samples laterBeans = new Samples();
        Samples laterAll = new Samples();
        int rounds = Math.min(context.options().rounds(), MOST_ROUNDS);
        for (int round = 1; round <= rounds; round++) {
            try (UnpackedKaraf karaf = unpack(context.lab(), "start" + round)) {
                one(karaf, firstBeans, firstAll);
                karaf.stop();
                one(karaf, laterBeans, laterAll);
                karaf.stop();
                Lab.deleteTree(karaf.home());
            }
            context.progress().say("rest: start %d of %d", round, rounds);
        }
        Table table = new Table(
                "A host at rest: its start",
                "Seconds from the call of `bin/karaf` in an unpacked assembly until an MBean of Kemari answers over JMX,"
                        + " and until all bundles are active and all components satisfied. " + firstBeans.count()
                        + " times; first: just unpacked, again: as after a restart of the machine.",
                "start",
                "first MBean, median",
                "max",
                "all components, median",
                "max");
        row(table, "first", firstBeans, firstAll);
        row(table, "again", laterBeans, laterAll);
        return table;
    }

    private static void row(Table table, String words, Samples beans, Samples all) {
        table.row(
                words,
                Table.atMost(beans.median(), TARGET_SECONDS),
                Table.number(beans.max()),
                Table.number(all.median()),
                Table.number(all.max()));
    }

    private static UnpackedKaraf unpack(Lab lab, String name) throws IOException {
        try (Stream<Path> files = Files.list(lab.root().resolve("features/assembly/target"))) {
            Path tarball = files.filter(file -> file.toString().endsWith(".tar.gz"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("the assembly is not built"));
            UnpackedKaraf karaf = UnpackedKaraf.unpack(lab, name, tarball);
            Files.writeString(
                    karaf.etc().resolve("org.kemari.host.cfg"),
                    "name = east\npeers = east=10.0.0.1:7171, west=10.0.0.2:7171\n",
                    StandardOpenOption.APPEND);
            return karaf;
        }
    }

    private static void one(UnpackedKaraf karaf, Samples beans, Samples all) throws TimeoutException {
        long begin = System.nanoTime();
        karaf.start();
        Await.until(
                "Kemari's MBeans answer",
                PATIENCE,
                () -> karaf.console().host().getName().equals("east"));
        beans.add((System.nanoTime() - begin) / 1e9);
        KarafConsole console = new KarafConsole(karaf.console());
        Await.until("all components are there", PATIENCE, LOOK_MILLIS, () -> {
            List<String> states = console.bundles().entrySet().stream()
                    .filter(bundle -> bundle.getKey().startsWith("org.kemari."))
                    .map(Map.Entry::getValue)
                    .toList();
            return states.size() >= ALL_BUNDLES
                    && states.stream().allMatch("Active"::equals)
                    && console.unsatisfiedComponents().isEmpty();
        });
        all.add((System.nanoTime() - begin) / 1e9);
    }
}
