package org.kemari.statetransfer.internal;

import java.time.Duration;

/**
 * What can be set.
 *
 * @param stagingBytes bound of the memory for checkpoints that are being received, per domain; 0: enough for a checkpoint
 *     in which every page of the guest has changed
 * @param captureBytes bound of the memory into which a pause copies, per domain; what is more is sent while the guest is
 *     still paused
 * @param connectTimeout for a connection to the standby
 * @param handshakeTimeout for the standby to get ready
 * @param tapTimeout for the tap's snapshot after a pause
 * @param syncTimeout how long the first copy may stand still before the session is given up
 * @param commitTimeout how long the standby may leave a checkpoint uncommitted, with nothing moving, before the session is
 *     given up and the guest goes on without it
 * @param deltaCacheBytes bound of the memory of a primary for pages as they were sent last, per domain, so that only what
 *     changes in them has to be sent; 0: pages are sent whole
 * @param compression of what is sent
 */
public record TransferSettings(
        long stagingBytes,
        long captureBytes,
        Duration connectTimeout,
        Duration handshakeTimeout,
        Duration tapTimeout,
        Duration syncTimeout,
        Duration commitTimeout,
        long deltaCacheBytes,
        Compression compression) {
    private static final long MIB = 1 << 20;
    /** Device state, ring snapshots, what ran ahead on disks and repairs of them, on top of all pages. */
    private static final long NOT_PAGES = 128 * MIB;

    public static final TransferSettings DEFAULT = new TransferSettings(
            0,
            256 * MIB,
            Duration.ofSeconds(5),
            Duration.ofSeconds(60),
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofSeconds(10),
            64 * MIB,
            Compression.AUTO);

    /** The bound for a guest with this much memory. */
    public long stagingLimit(long memoryBytes) {
        return stagingBytes > 0 ? stagingBytes : memoryBytes + memoryBytes / 8 + NOT_PAGES;
    }
}
