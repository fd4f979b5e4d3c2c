package org.kemari.link.internal;

import java.util.Date;

/** Points in time, for people. */
final class Times {
    private Times() {}

    /** Day and minute in UTC. */
    static String text(Date date) {
        return date.toInstant().toString().replace('T', ' ').replaceFirst(":\\d\\d(\\.\\d+)?Z$", " UTC");
    }
}
