package org.kemari.api.transfer;

/**
 * Figures of one checkpoint.
 *
 * @param epoch its number
 * @param pauseNanos from before the pause to after the resume
 * @param stopNanos part of the pause: stopping the virtual CPUs and the rings
 * @param captureNanos part of the pause: finding and copying the dirty pages
 * @param deviceStateNanos part of the pause: saving the device state (overlaps the capture), and the resume behind it
 * @param resumeNanos part of the pause: after the capture, until the rings and the virtual CPUs have been started
 * @param transferNanos sending
 * @param pages memory pages of 4 KiB in it
 * @param bytes bytes sent for it
 * @param rawBytes bytes that they stand for: all of its pages, the device state, contents of disks
 * @param zeroPages pages in it that travel as a mark
 * @param deltaPages pages in it that travel as what has changed
 */
public record CheckpointReport(
        long epoch,
        long pauseNanos,
        long stopNanos,
        long captureNanos,
        long deviceStateNanos,
        long resumeNanos,
        long transferNanos,
        long pages,
        long bytes,
        long rawBytes,
        long zeroPages,
        long deltaPages) {}
