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

    @Description("Wall-clock time of the last change of state, milliseconds since 1970")
    long getSinceEpochMillis();

    @Description("Wall-clock time of the last heartbeat, milliseconds since 1970; 0 for never")
    long getLastHeardEpochMillis();

    @Description("Heartbeats sent")
    long getHeartbeatsSent();

    @Description("Heartbeats received")
    long getHeartbeatsReceived();

    @Description("How often the peer has been lost")
    long getLosses();

    @Description("Round trip of a heartbeat, microseconds")
    LatencyView getRoundTrip();

    @Description("The ways to the peer, by address: state, reason and suspicion (phi)")
    List<String> getPaths();
}
