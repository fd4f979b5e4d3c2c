package org.kemari.api.management;

import java.beans.ConstructorProperties;
import org.kemari.api.health.PathHealth;

/** A {@link PathHealth} as a composite. */
public final class PathView {
    private final String address;
    private final String state;
    private final String reason;
    private final double suspicionPhi;
    private final long sinceEpochMillis;
    private final long lastHeardEpochMillis;
    private final LatencyView roundTrip;

    @ConstructorProperties({
        "address",
        "state",
        "reason",
        "suspicionPhi",
        "sinceEpochMillis",
        "lastHeardEpochMillis",
        "roundTrip"
    })
    public PathView(
            String address,
            String state,
            String reason,
            double suspicionPhi,
            long sinceEpochMillis,
            long lastHeardEpochMillis,
            LatencyView roundTrip) {
        this.address = address;
        this.state = state;
        this.reason = reason;
        this.suspicionPhi = suspicionPhi;
        this.sinceEpochMillis = sinceEpochMillis;
        this.lastHeardEpochMillis = lastHeardEpochMillis;
        this.roundTrip = roundTrip;
    }

    public static PathView of(PathHealth path) {
        return new PathView(
                path.address(),
                path.state().name(),
                path.reason(),
                path.suspicion(),
                path.sinceEpochMillis(),
                path.lastHeardEpochMillis(),
                LatencyView.of(path.roundTrip()));
    }

    public String getAddress() {
        return address;
    }

    public String getState() {
        return state;
    }

    public String getReason() {
        return reason;
    }

    public double getSuspicionPhi() {
        return suspicionPhi;
    }

    public long getSinceEpochMillis() {
        return sinceEpochMillis;
    }

    public long getLastHeardEpochMillis() {
        return lastHeardEpochMillis;
    }

    public LatencyView getRoundTrip() {
        return roundTrip;
    }
}
