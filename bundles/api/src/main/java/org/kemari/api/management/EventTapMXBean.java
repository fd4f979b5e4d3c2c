package org.kemari.api.management;

/** One tapped device. */
@Description("A tapped device of a domain")
public interface EventTapMXBean {
    @Description("Name of the domain")
    String getDomain();

    @Description("Id of the device")
    String getDevice();

    @Description("BLOCK or NET")
    String getKind();

    @Description("Whether the hypervisor is connected")
    boolean isConnected();

    @Description("serving, waiting for the hypervisor, or what is broken")
    String getState();

    @Description("Whether outputs are held")
    boolean isHolding();

    @Description("Whether the disk is written without waiting for checkpoints (protection.writePolicy is run-ahead)")
    boolean isRunningAhead();

    @Description(value = "Requests taken from the rings and not completed", unit = "requests")
    int getInFlightRequests();

    @Description(value = "Outputs held and not released", unit = "outputs")
    int getHeldOutputs();

    @Description(value = "Reads completed; frames given to the guest", unit = "requests")
    long getReads();

    @Description(value = "Writes, discards and write-zeroes completed; frames taken from the guest", unit = "requests")
    long getWrites();

    @Description(value = "Flushes completed", unit = "requests")
    long getFlushes();

    @Description(value = "Bytes of the reads", unit = "bytes")
    long getBytesRead();

    @Description(value = "Bytes of the writes", unit = "bytes")
    long getBytesWritten();

    @Description(value = "Frames dropped for want of room", unit = "frames")
    long getDroppedFrames();

    @Description(value = "Received frames that were logged for the standby (protection.frameLog)", unit = "frames")
    long getLoggedFrames();

    @Description(value = "Received frames for which the log had no room", unit = "frames")
    long getUnloggedFrames();

    @Description(
            value = "Packets that went to the standby with the checkpoint that releases them (protection.packetLog)",
            unit = "frames")
    long getCopiedPackets();

    @Description(value = "Logged frames that this host gave to the guest when it took over", unit = "frames")
    long getReplayedFrames();

    @Description(value = "Packets of the last checkpoint that this host sent again when it took over", unit = "frames")
    long getResentPackets();

    @Description(value = "Requests failed to the guest", unit = "requests")
    long getErrors();

    @Description(
            value = "Time from taking an output to its release, over the last one to two minutes",
            unit = "microseconds")
    LatencyView getHoldLatency();
}
