package org.kemari.itests.bench;

import java.io.PrintStream;
import java.util.Locale;

/** Tells the person at the terminal what is being done. */
public final class Progress {
    private final PrintStream out;
    private final long begunNanos = System.nanoTime();

    public Progress(PrintStream out) {
        this.out = out;
    }

    public void say(String format, Object... arguments) {
        double seconds = (System.nanoTime() - begunNanos) / 1e9;
        out.println(String.format(Locale.ROOT, "%7.1f s  ", seconds) + String.format(Locale.ROOT, format, arguments));
    }

    public void print(String text) {
        out.println();
        out.println(text);
    }
}
