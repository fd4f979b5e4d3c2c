package org.kemari.itests.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.kemari.itests.bench.Samples;
import org.kemari.itests.bench.Table;

/** What was found, as tables. */
final class Report {
    private final Sheet sheet;
    private final List<Pause> pauses;
    private final List<Mode> modes;
    private final int rounds;
    private final String base;

    /**
     * Of modes that were to be measured; those of which there is nothing are left out.
     *
     * @param rounds how many there were
     * @param pauses what the memory dirtier told
     */
    Report(Sheet sheet, List<Mode> modes, int rounds, List<Pause> pauses) {
        this.sheet = sheet;
        this.pauses = List.copyOf(pauses);
        this.modes = modes.stream().filter(mode -> sheet.has(mode.name())).toList();
        this.rounds = rounds;
        this.base = Stream.of(Mode.BASE, "bare")
                .filter(sheet::has)
                .findFirst()
                .orElse(this.modes.isEmpty() ? Mode.BASE : this.modes.get(0).name());
    }

    List<Mode> modes() {
        return modes;
    }

    /** What the others are compared with. */
    String base() {
        return base;
    }

    List<Table> tables() {
        return Stream.of(ratios(), medians(), latencies(), pings(), accounts(), Pause.table(pauses))
                .filter(table -> !table.isEmpty())
                .toList();
    }

    private List<String> others() {
        return modes.stream().map(Mode::name).filter(name -> !name.equals(base)).toList();
    }

    private Table ratios() {
        List<String> columns = new ArrayList<>(List.of("workload", "aim"));
        columns.addAll(others());
        Table table = new Table(
                "Speed, compared with " + base,
                "Median of the rounds' ratios to " + base
                        + "; 1 is as fast, less is slower (of a time the ratio is turned"
                        + " round). " + MedianInterval.explain(rounds)
                        + " Aims are for a protected guest.",
                columns.toArray(String[]::new));
        for (Figure figure : others().isEmpty() ? List.<Figure>of() : sheet.speeds()) {
            List<String> cells = new ArrayList<>(List.of(
                    figure.subject(),
                    figure.aim().isPresent() ? "≥ " + figure.aim().getAsDouble() : "–"));
            for (String mode : others()) {
                cells.add(MedianInterval.of(sheet.ratios(mode, base, figure)).words());
            }
            table.row(cells.toArray(String[]::new));
        }
        return table;
    }

    private Table medians() {
        Table table = new Table("Speed", "The same, medians over the rounds.", columns("workload, unit"));
        for (Figure figure : sheet.speeds()) {
            row(
                    table,
                    figure.subject() + ", " + figure.unit(),
                    mode -> Table.number(sheet.values(mode, figure).median()));
        }
        return table;
    }

    private Table latencies() {
        Table table = new Table(
                "Times of single requests",
                "p50 / p90 / p99 in milliseconds, each the median over the rounds; redis-benchmark tells no p90. Those of fio"
                        + " are measured by the guest's clock, which stands still in a pause.",
                columns("workload"));
        List<Figure> figures = sheet.figures(Kind.LATENCY);
        for (String subject : figures.stream().map(Figure::subject).distinct().toList()) {
            List<Figure> percentiles =
                    figures.stream().filter(f -> f.subject().equals(subject)).toList();
            row(table, subject, mode -> Stream.of("p50", "p90", "p99")
                    .map(name -> percentiles.stream()
                            .filter(figure -> figure.name().equals(name))
                            .map(figure ->
                                    Table.number(sheet.values(mode, figure).median()))
                            .findFirst()
                            .orElse("–"))
                    .reduce((one, next) -> one + " / " + next)
                    .orElse("–"));
        }
        return table;
    }

    private Table pings() {
        Table table = new Table(
                "Echo requests",
                "A ping every 10 ms to a guest that does nothing else; percentiles over the answers of all rounds.",
                "mode",
                "answers",
                "p50 ms",
                "p90",
                "p99",
                "largest");
        for (Mode mode : modes) {
            Samples echoes = sheet.echoes(mode.name());
            if (!echoes.isEmpty()) {
                table.row(
                        mode.name(),
                        Integer.toString(echoes.count()),
                        Table.number(echoes.median()),
                        Table.number(echoes.percentile(90)),
                        Table.number(echoes.percentile(99)),
                        Table.number(echoes.max()));
            }
        }
        return table;
    }

    private Table accounts() {
        Table table = new Table(
                "What Kemari did meanwhile",
                "Medians over the rounds, of the whole time of a workload, what comes before and between its samples"
                        + " included.",
                columns("workload"));
        for (Figure figure : sheet.figures(Kind.ACCOUNT)) {
            row(
                    table,
                    figure.subject() + ": " + figure.name() + ", " + figure.unit(),
                    mode -> Table.number(sheet.values(mode, figure).median()));
        }
        return table;
    }

    /** A cell's words, by the name of its mode. */
    private interface Cell {
        String of(String mode);
    }

    private String[] columns(String first) {
        return Stream.concat(Stream.of(first), modes.stream().map(Mode::name)).toArray(String[]::new);
    }

    private void row(Table table, String first, Cell cell) {
        table.row(Stream.concat(Stream.of(first), modes.stream().map(mode -> cell.of(mode.name())))
                .toArray(String[]::new));
    }
}
