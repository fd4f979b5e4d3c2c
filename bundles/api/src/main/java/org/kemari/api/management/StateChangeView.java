package org.kemari.api.management;

import java.beans.ConstructorProperties;

/** A change of a domain's role, state or generation on this host, as a composite: what it was from then on, and why. */
public final class StateChangeView {
    private final long sinceEpochMillis;
    private final String role;
    private final String state;
    private final String reason;
    private final String peer;
    private final long generation;

    @ConstructorProperties({"sinceEpochMillis", "role", "state", "reason", "peer", "generation"})
    public StateChangeView(
            long sinceEpochMillis, String role, String state, String reason, String peer, long generation) {
        this.sinceEpochMillis = sinceEpochMillis;
        this.role = role;
        this.state = state;
        this.reason = reason;
        this.peer = peer;
        this.generation = generation;
    }

    public long getSinceEpochMillis() {
        return sinceEpochMillis;
    }

    public String getRole() {
        return role;
    }

    public String getState() {
        return state;
    }

    public String getReason() {
        return reason;
    }

    public String getPeer() {
        return peer;
    }

    public long getGeneration() {
        return generation;
    }
}
