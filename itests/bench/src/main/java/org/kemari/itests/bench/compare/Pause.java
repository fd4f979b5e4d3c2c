package org.kemari.itests.bench.compare;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.kemari.api.management.LatencyView;
import org.kemari.itests.bench.Samples;
import org.kemari.itests.bench.Table;

/**
 * What the checkpoints of one session cost the guest, as its primary host has counted it.
 *
 * @param round number of the round, from 1
 * @param mode name of the mode
 * @param memoryMib size of the guest's memory
 * @param dirtiedPerSecond pages that the guest was asked to write in a second, anywhere in 64 MiB
 * @param checkpointsPerSecond how many there were
 * @param pages in a checkpoint, median
 * @param pause of the guest
 * @param echo how long a ping took meanwhile
 */
record Pause(
        int round,
        String mode,
        int memoryMib,
        int dirtiedPerSecond,
        double checkpointsPerSecond,
        double pages,
        Millis pause,
        Millis echo) {
    /**
     * Percentiles, milliseconds.
     *
     * @param p50 median
     * @param p95 95th percentile
     * @param p99 99th percentile
     */
    record Millis(double p50, double p95, double p99) {
        static Millis of(Samples millis) {
            return new Millis(millis.median(), millis.percentile(95), millis.percentile(99));
        }

        static Millis of(LatencyView view) {
            return new Millis(view.getP50Micros() / 1000.0, view.getP95Micros() / 1000.0, view.getP99Micros() / 1000.0);
        }

        private String words() {
            return Table.number(p50) + " / " + Table.number(p95) + " / " + Table.number(p99);
        }

        /** Of each percentile the median. */
        static Millis median(List<Millis> all) {
            return new Millis(
                    Samples.of(all.stream().map(Millis::p50).toList()).median(),
                    Samples.of(all.stream().map(Millis::p95).toList()).median(),
                    Samples.of(all.stream().map(Millis::p99).toList()).median());
        }
    }

    /** The same, measured in some round. */
    Pause inRound(int number) {
        return new Pause(number, mode, memoryMib, dirtiedPerSecond, checkpointsPerSecond, pages, pause, echo);
    }

    static String csv(List<Pause> pauses) {
        StringBuilder text = new StringBuilder("round,mode,memory_mib,dirtied_pages_per_s,checkpoints_per_s,pages_p50,"
                + "pause_p50_ms,pause_p95_ms,pause_p99_ms,ping_p50_ms,ping_p95_ms,ping_p99_ms\n");
        for (Pause p : pauses) {
            text.append(String.format(
                    Locale.ROOT,
                    "%d,%s,%d,%d,%.1f,%.0f,%.3f,%.3f,%.3f,%.3f,%.3f,%.3f%n",
                    p.round,
                    p.mode,
                    p.memoryMib,
                    p.dirtiedPerSecond,
                    p.checkpointsPerSecond,
                    p.pages,
                    p.pause.p50,
                    p.pause.p95,
                    p.pause.p99,
                    p.echo.p50,
                    p.echo.p95,
                    p.echo.p99));
        }
        return text.toString();
    }

    /** Medians over the rounds. */
    static Table table(List<Pause> pauses) {
        Table table = new Table(
                "Pauses",
                "The guest writes so many pages a second anywhere in 64 MiB and answers a ping every 10 ms; a session of"
                        + " its own for each row and round. Pauses from its primary host's MBeans; of several rounds the"
                        + " median of each. Milliseconds.",
                "mode, memory, pages written/s",
                "checkpoints/s",
                "pages, median",
                "pause p50 / p95 / p99",
                "ping p50 / p95 / p99");
        pauses.stream()
                .collect(Collectors.groupingBy(Pause::cell, LinkedHashMap::new, Collectors.toList()))
                .forEach((cell, all) -> table.row(
                        cell,
                        Table.number(Samples.of(all.stream()
                                        .map(Pause::checkpointsPerSecond)
                                        .toList())
                                .median()),
                        Table.number(Samples.of(all.stream().map(Pause::pages).toList())
                                .median()),
                        Millis.median(all.stream().map(Pause::pause).toList()).words(),
                        Millis.median(all.stream().map(Pause::echo).toList()).words()));
        return table;
    }

    private String cell() {
        return mode + ", " + memoryMib + " MiB, " + dirtiedPerSecond;
    }
}
