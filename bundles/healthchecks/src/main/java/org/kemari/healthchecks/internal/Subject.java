package org.kemari.healthchecks.internal;

import java.util.List;
import java.util.Locale;

/**
 * What a health check is about.
 *
 * @param kind what sort of thing
 * @param name its name; empty for what there is one of
 */
record Subject(Kind kind, String name) {
    /** Sorts of things that are checked. */
    enum Kind {
        HOST,
        ARBITER,
        PEER,
        DOMAIN
    }

    static final Subject HOST = new Subject(Kind.HOST, "");
    static final Subject ARBITER = new Subject(Kind.ARBITER, "");

    static Subject peer(String name) {
        return new Subject(Kind.PEER, name);
    }

    static Subject domain(String name) {
        return new Subject(Kind.DOMAIN, name);
    }

    private String kindText() {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    /** Name of the health check, for instance {@code Kemari domain web}. */
    String title() {
        return name.isEmpty() ? "Kemari " + kindText() : "Kemari " + kindText() + " " + name;
    }

    /** Tags of the health check: {@code kemari}, and for instance {@code kemari-domain}. */
    List<String> tags() {
        return List.of("kemari", "kemari-" + kindText());
    }
}
