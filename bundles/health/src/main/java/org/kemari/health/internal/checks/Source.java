package org.kemari.health.internal.checks;

import java.io.IOException;
import java.util.List;

/** Looks at one part of the host. Used by one thread; may block, but see {@link Limits#LONG_ROUND}. */
interface Source {
    /** What it looks at, for people. */
    String name();

    /** @param observedNanos time for which the checks have been looking, in all */
    List<Finding> look(long observedNanos) throws IOException;
}
