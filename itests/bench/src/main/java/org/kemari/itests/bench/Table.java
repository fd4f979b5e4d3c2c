package org.kemari.itests.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Figures under a heading, for a terminal and for a Markdown file. */
public final class Table {
    private final String title;
    private final String explanation;
    private final List<String> columns;
    private final List<List<String>> rows = new ArrayList<>();

    /**
     * An empty table.
     *
     * @param title its heading
     * @param explanation what was measured and how, in whole sentences
     * @param columns headings of the columns; the first column has words, the others numbers
     */
    public Table(String title, String explanation, String... columns) {
        this.title = title;
        this.explanation = explanation;
        this.columns = List.of(columns);
    }

    public Table row(String... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + columns.size() + " columns");
        }
        rows.add(List.of(cells));
        return this;
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /** A number with as many digits as tell something; a dash if there is none. */
    public static String number(double value) {
        if (Double.isNaN(value)) {
            return "–";
        }
        double size = Math.abs(value);
        String format = size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }

    /** A figure with its target and whether it is reached. */
    public static String atMost(double value, double target) {
        return number(value) + " (target " + trimmed(target) + (value <= target ? ", reached)" : ", missed)");
    }

    /** A figure with its target and whether it is reached. */
    public static String atLeast(double value, double target) {
        return number(value) + " (target " + trimmed(target) + (value >= target ? ", reached)" : ", missed)");
    }

    private static String trimmed(double target) {
        return target == Math.rint(target) ? String.format(Locale.ROOT, "%.0f", target) : Double.toString(target);
    }

    public String markdown() {
        StringBuilder text = new StringBuilder("## " + title + "\n\n" + explanation + "\n\n");
        text.append("| ").append(String.join(" | ", columns)).append(" |\n|---|");
        text.append("---:|".repeat(columns.size() - 1)).append('\n');
        for (List<String> row : rows) {
            text.append("| ").append(String.join(" | ", row)).append(" |\n");
        }
        return text.append('\n').toString();
    }

    public String text() {
        int[] widths = new int[columns.size()];
        Function<List<String>, String> line = cells -> {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < cells.size(); i++) {
                String pad = " ".repeat(widths[i] - cells.get(i).length());
                text.append(i == 0 ? cells.get(i) + pad : "  " + pad + cells.get(i));
            }
            return text.toString().stripTrailing();
        };
        List<List<String>> all = new ArrayList<>(List.of(columns));
        all.addAll(rows);
        for (List<String> row : all) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        return title + "\n" + all.stream().map(line).collect(Collectors.joining("\n")) + "\n";
    }
}
