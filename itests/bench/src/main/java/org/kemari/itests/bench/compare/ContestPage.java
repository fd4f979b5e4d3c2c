package org.kemari.itests.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.kemari.itests.bench.Samples;
import org.kemari.itests.bench.Table;

/**
 * What came of a contest, for people.
 *
 * @param bouts all that was measured
 */
record ContestPage(List<Bout> bouts) {
    /** Kemari's pause is to be at most this part of COLO's. */
    private static final double AIM = 0.5;

    private static final String METHOD =
            """
            Both run the same guest on the same QEMU: machine type `pc`, one virtual CPU of the same model, no disk and no
            network interface, and a program in it that writes pages at a fixed rate anywhere in 64 MiB. Both make a checkpoint
            every 100 ms, reckoned from begin to begin. They take turns, and each line and round has a pair of its own that has just
            booted; its first second does not count. Kemari's hosts talk TLS over a virtual cable; the two QEMUs of COLO talk over a
            unix socket, which is the fastest that it has, and its secondary runs its guest, too, as COLO is meant to.

            A pause is the time from the order to stop the guest until it runs again: of Kemari as it logs each checkpoint, of COLO
            from its trace, from `checkpoint-reply` to the change from stop to run. COLO sends, and waits until the other side has
            loaded everything, while the guest stands still; Kemari only copies then. Pages are those of a checkpoint, as Kemari counts
            them, and as COLO's secondary does.

            """;

    ContestPage {
        bouts = List.copyOf(bouts);
    }

    List<Table> tables() {
        return Stream.of(pauses(), takeovers())
                .filter(table -> !table.isEmpty())
                .toList();
    }

    private List<Integer> dirtied() {
        return bouts.stream().map(Bout::dirtied).distinct().sorted().toList();
    }

    /** The checkpoints of all rounds. */
    List<Checkpoint> checkpoints(String side, int dirtied) {
        return bouts.stream()
                .filter(bout -> bout.side().equals(side) && bout.dirtied() == dirtied)
                .flatMap(bout -> bout.checkpoints().stream())
                .toList();
    }

    private Samples pauses(String side, int dirtied) {
        return Checkpoint.samples(checkpoints(side, dirtied), Checkpoint::pauseMillis);
    }

    private Table pauses() {
        Table table = new Table(
                "Pause",
                "Percentiles over the checkpoints of all rounds, milliseconds; the aim is a median of at most " + AIM
                        + " of COLO's.",
                "pages written in 100 ms",
                "checkpoints, Kemari / COLO",
                "pages in one, median",
                "Kemari p50 / p90 / p99",
                "COLO p50 / p90 / p99",
                "Kemari's part, p50",
                "p99");
        for (int dirtied : dirtied()) {
            Samples ours = pauses(Bout.KEMARI, dirtied);
            Samples theirs = pauses(Bout.COLO, dirtied);
            table.row(
                    Integer.toString(dirtied),
                    ours.count() + " / " + theirs.count(),
                    Table.number(pages(Bout.KEMARI, dirtied)) + " / " + Table.number(pages(Bout.COLO, dirtied)),
                    words(ours),
                    words(theirs),
                    ours.isEmpty() || theirs.isEmpty() ? "–" : Table.atMost(ours.median() / theirs.median(), AIM),
                    Table.number(ours.percentile(99) / theirs.percentile(99)));
        }
        return table;
    }

    double pages(String side, int dirtied) {
        return Checkpoint.samples(checkpoints(side, dirtied), Checkpoint::pages).median();
    }

    private static String words(Samples samples) {
        return Table.number(samples.median()) + " / " + Table.number(samples.percentile(90)) + " / "
                + Table.number(samples.percentile(99));
    }

    private Table takeovers() {
        Table table = new Table(
                "Takeover",
                "From SIGKILL of the primary's QEMU until the other one runs the guest, milliseconds. COLO's secondary is told"
                        + " at once, since COLO detects nothing by itself; Kemari's other host has to notice.",
                "side",
                "takeovers",
                "median",
                "largest");
        for (String side : List.of(Bout.KEMARI, Bout.COLO)) {
            Samples samples = Samples.of(bouts.stream()
                    .filter(bout -> bout.side().equals(side))
                    .map(Bout::takeoverMillis)
                    .toList());
            if (!samples.isEmpty()) {
                table.row(
                        side,
                        Integer.toString(samples.count()),
                        Table.number(samples.median()),
                        Table.number(samples.max()));
            }
        }
        return table;
    }

    /**
     * Writes the page, and beside it, or where it says, the values and the drawing.
     *
     * @param commandLine what it was measured by
     * @param machine what it was measured on
     * @param notes what was not measured, and what is to be known of the rest
     */
    void write(Path file, Path directory, String commandLine, Map<String, String> machine, List<String> notes)
            throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("colo-pauses.csv"), Bout.csv(bouts));
        Files.writeString(directory.resolve("colo-takeovers.csv"), Bout.takeoverCsv(bouts));
        Files.writeString(directory.resolve("colo-pause-pages.svg"), ContestChart.draw(this, dirtied()));
        StringBuilder text =
                new StringBuilder("# Kemari beside QEMU's own COLO\n\nWritten by `" + commandLine + "`.\n");
        text.append(METHOD);
        machine.forEach((name, words) ->
                text.append("- ").append(name).append(": ").append(words).append('\n'));
        text.append('\n');
        notes.forEach(note -> text.append(note).append("\n\n"));
        tables().stream().map(Table::markdown).forEach(text::append);
        String prefix = directory.equals(file.getParent()) ? "" : directory.getFileName() + "/";
        text.append("## Drawing\n\nAll values are in `")
                .append(prefix)
                .append("colo-pauses.csv` and `")
                .append(prefix)
                .append("colo-takeovers.csv`.\n\n![Pauses against dirty pages](")
                .append(prefix)
                .append("colo-pause-pages.svg)\n");
        Files.writeString(file, text);
    }
}
