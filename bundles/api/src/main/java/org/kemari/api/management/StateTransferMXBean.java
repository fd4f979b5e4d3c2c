package org.kemari.api.management;

/** The session of one domain, on either side. */
@Description("State transfer of a domain")
public interface StateTransferMXBean {
    @Description("Name of the domain")
    String getDomain();

    @Description("The other host")
    String getPeer();

    @Description("Number of the attempt at protection")
    long getSession();

    @Description("Whether this host sends")
    boolean isOutgoing();

    @Description("Last epoch sent (primary) or received whole (standby)")
    long getSentEpoch();

    @Description("Last epoch committed")
    long getCommittedEpoch();

    @Description("Standby: last epoch applied to the image")
    long getAppliedEpoch();

    @Description("Checkpoints committed")
    long getCheckpoints();

    @Description("Memory pages of 4 KiB in them")
    long getPages();

    @Description("Bytes sent or received")
    long getBytes();

    @Description("Mean bytes per checkpoint")
    long getBytesPerEpoch();

    @Description("Pages per checkpoint; percentiles, the unit is pages")
    LatencyView getPagesPerEpoch();

    @Description("Memory used for staging, bytes")
    long getStagingBytes();

    @Description("Bound of the memory used for staging, bytes")
    long getStagingLimitBytes();

    @Description("How dirty pages are found: pagemap-scan or compare")
    String getCapture();

    @Description("Pauses of the guest, microseconds")
    LatencyView getPause();

    @Description("Sending or receiving a checkpoint, microseconds")
    LatencyView getTransfer();

    @Description("From the end of the pause to the acknowledgement, microseconds")
    LatencyView getCommit();

    @Description("Applying a checkpoint on the standby, microseconds")
    LatencyView getApply();
}
