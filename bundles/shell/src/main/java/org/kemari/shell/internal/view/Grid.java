package org.kemari.shell.internal.view;

import java.util.ArrayList;
import java.util.List;

/** A table: columns with a title, rows of cells. */
public final class Grid {
    private final String empty;
    private final List<Column> columns = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();

    /**
     * A column.
     *
     * @param title its title
     * @param right whether its cells are aligned to the right
     */
    public record Column(String title, boolean right) {}

    /** @param empty what to say if there are no rows */
    public Grid(String empty) {
        this.empty = empty;
    }

    public Grid left(String... titles) {
        for (String title : titles) {
            columns.add(new Column(title, false));
        }
        return this;
    }

    public Grid right(String... titles) {
        for (String title : titles) {
            columns.add(new Column(title, true));
        }
        return this;
    }

    /** @throws IllegalArgumentException if there are not as many cells as columns */
    public void row(String... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + columns.size() + " columns");
        }
        rows.add(List.of(cells));
    }

    public String empty() {
        return empty;
    }

    public List<Column> columns() {
        return List.copyOf(columns);
    }

    public List<List<String>> rows() {
        return List.copyOf(rows);
    }
}
