package org.kemari.itests.lab;

import java.util.List;
import java.util.concurrent.TimeoutException;

/**
 * Two hosts that are each other's peers.
 *
 * @param east one
 * @param west the other
 */
public record Pair(KemariHost east, KemariHost west) {
    /** Makes both and starts them at the same time; wait for them with {@link #awaitReady}. */
    public static Pair start(Lab lab) {
        Pair pair = create(lab);
        pair.east.start();
        pair.west.start();
        return pair;
    }

    /** Makes both without starting them. */
    public static Pair create(Lab lab) {
        List<String> names = List.of("east", "west");
        return new Pair(KemariHost.create(lab, "east", names), KemariHost.create(lab, "west", names));
    }

    public Pair awaitReady() throws TimeoutException {
        east.awaitReady();
        west.awaitReady();
        return this;
    }

    public KemariHost other(KemariHost host) {
        return host == east ? west : east;
    }
}
