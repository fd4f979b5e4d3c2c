package org.kemari.api.management;

/** The session of one domain, on either side. */
@Description("State transfer of a domain")
public interface StateTransferMXBean {
    @Description("Name of the domain")
    String getDomain();

    @Description("The other host")
    String getPeer();

    @Description(value = "Number of the attempt at protection", unit = "number")
    long getSession();

    @Description("Whether this host sends")
    boolean isOutgoing();

    @Description(value = "Last epoch sent (primary) or received whole (standby)", unit = "number")
    long getSentEpoch();

    @Description(value = "Last epoch committed", unit = "number")
    long getCommittedEpoch();

    @Description(value = "Standby: last epoch applied to the image", unit = "number")
    long getAppliedEpoch();

    @Description(value = "Checkpoints committed", unit = "checkpoints")
    long getCheckpoints();

    @Description(value = "Memory pages of 4 KiB in them", unit = "pages")
    long getPages();

    @Description(value = "Bytes sent or received", unit = "bytes")
    long getBytes();

    @Description(value = "Mean bytes on the link per checkpoint; the first copy does not count", unit = "bytes")
    long getBytesPerEpoch();

    @Description(
            value = "Mean bytes that they stand for: all pages, the device state, contents of disks that run ahead",
            unit = "bytes")
    long getRawBytesPerEpoch();

    @Description(value = "Bytes sent or received for checkpoints", unit = "bytes")
    long getCheckpointBytes();

    @Description(value = "Bytes that they stand for", unit = "bytes")
    long getCheckpointRawBytes();

    @Description(value = "Pages in checkpoints that were all zero, of which only a mark was sent", unit = "pages")
    long getZeroPages();

    @Description(
            value = "Pages in checkpoints of which only what had changed since they were last sent was sent",
            unit = "pages")
    long getDeltaPages();

    @Description("How frames are made smaller at present: off or lz4 (on the standby: as they came last)")
    String getPacking();

    @Description(value = "Pages of 4 KiB per checkpoint, over the last one to two minutes", unit = "pages")
    DistributionView getPagesPerEpoch();

    @Description(value = "Memory used for staging", unit = "bytes")
    long getStagingBytes();

    @Description(value = "Bound of the memory used for staging", unit = "bytes")
    long getStagingLimitBytes();

    @Description("How dirty pages are found: pagemap-scan or compare")
    String getCapture();

    @Description(value = "Pauses of the guest, over the last one to two minutes", unit = "microseconds")
    LatencyView getPause();

    @Description(value = "Sending or receiving a checkpoint, over the last one to two minutes", unit = "microseconds")
    LatencyView getTransfer();

    @Description(
            value = "From the end of the pause to the acknowledgement, over the last one to two minutes",
            unit = "microseconds")
    LatencyView getCommit();

    @Description(
            value = "Applying a checkpoint on the standby, over the last one to two minutes",
            unit = "microseconds")
    LatencyView getApply();
}
