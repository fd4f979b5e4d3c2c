package org.kemari.api.management;

/** Ring restoration of one domain. */
@Description("Ring restoration of a domain")
public interface RingRestorationMXBean {
    @Description("Name of the domain")
    String getDomain();

    @Description("Ring snapshots looked at")
    long getSnapshots();

    @Description("Requests pending in the last of them")
    int getPendingRequests();

    @Description("Writes, discards and write-zeroes executed on mirrored disks")
    long getMirroredWrites();

    @Description("Flushes executed on mirrored disks")
    long getMirroredFlushes();

    @Description("Bytes written to mirrored disks")
    long getMirroredBytes();

    @Description("Requests handed to the tap at takeovers")
    long getRestoredRequests();

    @Description("Time for the writes of one checkpoint, microseconds")
    LatencyView getExecute();
}
