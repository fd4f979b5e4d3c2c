package org.kemari.statetransfer.internal;

import org.kemari.api.transfer.TransferVolume;
import org.kemari.statetransfer.internal.wire.FrameVolume;

/** Adds up the volume of a session's checkpoints. Written by one thread and read by any. */
public final class VolumeCounter {
    private long checkpoints;
    private long rawBytes;
    private long bytes;
    private long zeroPages;
    private long deltaPages;

    public synchronized void add(FrameVolume checkpoint, long bytesOnTheLink) {
        checkpoints++;
        rawBytes += checkpoint.rawBytes();
        bytes += bytesOnTheLink;
        zeroPages += checkpoint.zeroPages();
        deltaPages += checkpoint.deltaPages();
    }

    /** @param packing as it is at present */
    public synchronized TransferVolume volume(String packing) {
        return new TransferVolume(checkpoints, rawBytes, bytes, zeroPages, deltaPages, packing);
    }
}
