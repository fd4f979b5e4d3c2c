package org.kemari.shell.internal.commands;

import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Option;
import org.kemari.shell.internal.view.Grid;

/** A command that prints tables. */
abstract class TableAction extends KemariAction {
    @Option(name = "--no-format", description = "Print cells separated by tabs, without titles and lines: for scripts")
    boolean noFormat;

    final void print(Grid grid, PrintStream out) {
        GridPrinter.print(grid, out, !noFormat);
    }

    final long nowMillis() {
        return kemari.clock().millis();
    }
}
