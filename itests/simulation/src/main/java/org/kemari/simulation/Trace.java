package org.kemari.simulation;

import java.util.function.Consumer;

/** What happened, for people; only written when a schedule is replayed. */
public final class Trace {
    private final Agenda agenda;
    private final Consumer<String> lines; // null: off

    Trace(Agenda agenda, Consumer<String> lines) {
        this.agenda = agenda;
        this.lines = lines;
    }

    /** To be asked before anything is put into words: schedules run by the hundred thousand. */
    public boolean on() {
        return lines != null;
    }

    public void say(String what) {
        if (lines != null) {
            long micros = agenda.nowNanos() / 1000;
            lines.accept(String.format("%4d.%06d  %s", micros / 1_000_000, micros % 1_000_000, what));
        }
    }
}
