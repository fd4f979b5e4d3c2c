package org.kemari.api.transfer;

import java.util.Objects;

/**
 * What the checkpoints of a session carry, and what is left of it on the link. The first copy is not in it.
 *
 * @param checkpoints those that are counted here: sent (primary) or received whole (standby)
 * @param rawBytes bytes that they stand for: all of their pages, device states and disk contents
 * @param bytes bytes that were sent or received for them, frames included
 * @param zeroPages pages in them that are all zero and travel as a mark
 * @param deltaPages pages in them of which only what has changed since they were last sent was sent
 * @param packing {@code off}, or how frames are made smaller at present: {@code lz4}
 */
public record TransferVolume(
        long checkpoints, long rawBytes, long bytes, long zeroPages, long deltaPages, String packing) {
    public static final TransferVolume NONE = new TransferVolume(0, 0, 0, 0, 0, "off");

    public TransferVolume {
        Objects.requireNonNull(packing);
    }
}
