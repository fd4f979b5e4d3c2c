package org.kemari.itests.demo;

import java.io.PrintStream;
import java.util.Locale;

/** Tells a person what happens, with the seconds since the beginning in front. */
final class Story {
    private final PrintStream out;
    private final boolean terminal;
    private final long begunNanos = System.nanoTime();
    private boolean progressing;

    Story(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    void title(String text) {
        endProgress();
        out.println();
        out.println(text);
        out.println();
    }

    void line(String format, Object... arguments) {
        endProgress();
        out.println(stamp() + String.format(Locale.ROOT, format, arguments));
    }

    /** A line that belongs to the one before. */
    void more(String format, Object... arguments) {
        endProgress();
        out.println("           " + String.format(Locale.ROOT, format, arguments));
    }

    /** A line that the next progress overwrites on a terminal. */
    void progress(String format, Object... arguments) {
        String text = stamp() + String.format(Locale.ROOT, format, arguments);
        if (terminal) {
            out.print("\r" + text + "\u001b[K");
            out.flush();
            progressing = true;
        } else {
            out.println(text);
        }
    }

    boolean isTerminal() {
        return terminal;
    }

    private void endProgress() {
        if (progressing) {
            out.println();
            progressing = false;
        }
    }

    private String stamp() {
        return String.format(Locale.ROOT, "%7.1f s  ", (System.nanoTime() - begunNanos) / 1e9);
    }
}
