package org.kemari.shell.internal.view;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Collection;

/** Events, one a row. */
public final class EventView {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS");

    private EventView() {}

    public static Grid grid(Collection<Event> events, ZoneId zone) {
        Grid grid = new Grid("Nothing has happened").left("Time", "Subject", "Change", "Reason");
        for (Event e : events) {
            String time = TIME.format(Instant.ofEpochMilli(e.epochMillis()).atZone(zone));
            grid.row(time, e.subject(), e.change(), e.reason());
        }
        return grid;
    }
}
