package org.kemari.api.management;

/** Ring restoration of one domain. */
@Description("Ring restoration of a domain")
public interface RingRestorationMXBean {
    @Description("Name of the domain")
    String getDomain();

    @Description(value = "Ring snapshots looked at", unit = "snapshots")
    long getSnapshots();

    @Description(value = "Requests pending in the last of them", unit = "requests")
    int getPendingRequests();

    @Description(value = "Writes, discards and write-zeroes executed on mirrored disks", unit = "requests")
    long getMirroredWrites();

    @Description(value = "Flushes executed on mirrored disks", unit = "requests")
    long getMirroredFlushes();

    @Description(value = "Bytes written to mirrored disks", unit = "bytes")
    long getMirroredBytes();

    @Description(value = "Requests handed to the tap at takeovers", unit = "requests")
    long getRestoredRequests();

    @Description(value = "Time for the writes of one checkpoint", unit = "microseconds")
    LatencyView getExecute();
}
