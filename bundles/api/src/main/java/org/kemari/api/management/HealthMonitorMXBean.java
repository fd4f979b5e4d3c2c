package org.kemari.api.management;

import java.util.List;

/** One peer, as seen from this host. */
@Description("Health of a peer")
public interface HealthMonitorMXBean {
    @Description("Name of the peer")
    String getPeer();

    @Description("UNKNOWN, ALIVE or LOST")
    String getState();

    @Description("Why it is in that state")
    String getReason();

    @Description(value = "Wall-clock time of the last change of state", unit = "milliseconds since 1970")
    long getSinceEpochMillis();

    @Description(value = "Wall-clock time of the last heartbeat; 0 for never", unit = "milliseconds since 1970")
    long getLastHeardEpochMillis();

    @Description(value = "Heartbeats sent", unit = "heartbeats")
    long getHeartbeatsSent();

    @Description(value = "Heartbeats received", unit = "heartbeats")
    long getHeartbeatsReceived();

    @Description(value = "How often the peer has been lost", unit = "losses")
    long getLosses();

    @Description(value = "Round trip of a heartbeat", unit = "microseconds")
    LatencyView getRoundTrip();

    @Description("The ways to the peer, by address: state, reason and suspicion (phi)")
    List<String> getPaths();

    @Description("The ways to the peer, as a table")
    List<PathView> getPathTable();
}
