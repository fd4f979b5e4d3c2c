package org.kemari.shell.internal.commands;

import java.io.PrintStream;
import org.apache.karaf.shell.support.table.Col;
import org.apache.karaf.shell.support.table.Row;
import org.apache.karaf.shell.support.table.ShellTable;
import org.kemari.shell.internal.view.Grid;

/** Prints tables as Karaf's own commands do. */
final class GridPrinter {
    private GridPrinter() {}

    /** @param format with lines and titles; without: cells only, separated by tabs */
    static void print(Grid grid, PrintStream out, boolean format) {
        ShellTable table = table(grid);
        if (!format) {
            table.noHeaders().separator("\t");
        }
        table.print(out, format);
    }

    private static ShellTable table(Grid grid) {
        ShellTable table = new ShellTable().emptyTableText(grid.empty());
        for (Grid.Column column : grid.columns()) {
            Col col = table.column(column.title());
            if (column.right()) {
                col.alignRight();
            }
        }
        for (var cells : grid.rows()) {
            Row row = table.addRow();
            row.addContent(cells.toArray());
        }
        return table;
    }
}
