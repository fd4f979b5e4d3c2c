package org.kemari.itests.bench;

import java.io.PrintStream;
import java.util.Locale;

/** Tells the person at the terminal what is being done. */
final class Progress {
    private final PrintStream out;
    private final long begunNanos = System.nanoTime();

    Progress(PrintStream out) {
        this.out = out;
    }

    void say(String format, Object... arguments) {
        double seconds = (System.nanoTime() - begunNanos) / 1e9;
        out.println(String.format(Locale.ROOT, "%7.1f s  ", seconds) + String.format(Locale.ROOT, format, arguments));
    }

    void print(String text) {
        out.println();
        out.println(text);
    }
}
