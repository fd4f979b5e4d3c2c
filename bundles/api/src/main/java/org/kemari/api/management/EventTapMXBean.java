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

    @Description("Requests taken from the rings and not completed")
    int getInFlightRequests();

    @Description("Outputs held and not released")
    int getHeldOutputs();

    @Description("Reads completed; frames given to the guest")
    long getReads();

    @Description("Writes, discards and write-zeroes completed; frames taken from the guest")
    long getWrites();

    @Description("Flushes completed")
    long getFlushes();

    @Description("Bytes of the reads")
    long getBytesRead();

    @Description("Bytes of the writes")
    long getBytesWritten();

    @Description("Frames dropped for want of room")
    long getDroppedFrames();

    @Description("Requests failed to the guest")
    long getErrors();

    @Description("Time from taking an output to its release, microseconds")
    LatencyView getHoldLatency();
}
