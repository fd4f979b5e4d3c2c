package org.kemari.itests.bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** One thing that is measured. */
interface Benchmark {
    /** The word it is called by on the command line. */
    String name();

    /**
     * Measures, and leaves nothing behind.
     *
     * @return what was found, in the order to show it
     */
    List<Table> run(Context context) throws IOException, TimeoutException, InterruptedException;
}
