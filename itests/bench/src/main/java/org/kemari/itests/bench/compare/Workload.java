package org.kemari.itests.bench.compare;

import java.io.IOException;
import java.util.concurrent.TimeoutException;
import java.util.function.ObjDoubleConsumer;

/** Something that keeps a guest busy, and a figure or some of how well it went. */
interface Workload {
    /** The word it is called by. */
    String name();

    /** What it does, in a sentence or two. */
    String words();

    /** Puts what it needs into the guest's image. */
    default void addPrograms(Programs programs) {}

    /** Whether it tells anything in a mode. */
    default boolean suits(Mode mode) {
        return true;
    }

    /**
     * Runs once.
     *
     * @param subject the guest; what is started in it ends with it
     * @param seconds about how long each figure takes
     * @param found is told each figure
     * @throws IOException if it does not work
     */
    void run(Subject subject, double seconds, ObjDoubleConsumer<Figure> found)
            throws IOException, TimeoutException, InterruptedException;
}
