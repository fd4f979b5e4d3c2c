package org.kemari.health.internal.checks;

import java.util.List;

/**
 * A process at one moment.
 *
 * @param pid its id
 * @param state of its first thread, as in proc(5): R, S, D, T, t, Z, …
 * @param threads all that could be read
 */
record ProcessSample(long pid, char state, List<ThreadSample> threads) {
    /**
     * A thread.
     *
     * @param id its id
     * @param name its name
     * @param state as in proc(5)
     * @param ranNanos processor time that it has used
     */
    record ThreadSample(long id, String name, char state, long ranNanos) {}

    ProcessSample {
        threads = List.copyOf(threads);
    }
}
