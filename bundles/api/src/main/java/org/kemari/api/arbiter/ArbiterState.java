package org.kemari.api.arbiter;

import java.util.Objects;

/**
 * Whether an engine can be reached. Knowing that it can is no promise that the next request succeeds.
 *
 * @param reachable whether requests are likely to be answered
 * @param reason with what it is connected, or why it is not, for people
 * @param sinceEpochMillis wall-clock time since which it has been (un)reachable; 0: always
 */
public record ArbiterState(boolean reachable, String reason, long sinceEpochMillis) {
    /** Of an engine without a connection that could be lost. */
    public static final ArbiterState NEEDS_NO_SERVER = new ArbiterState(true, "needs no server", 0);

    public ArbiterState {
        Objects.requireNonNull(reason);
    }
}
