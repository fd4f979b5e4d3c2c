package org.kemari.simulation;

import org.kemari.api.transfer.ImageId;

/**
 * A guest's memory that was kept after a switchover.
 *
 * @param id the checkpoint that it holds, but for the changed pages
 * @param memory all of it
 * @param changed pages that are no longer those of the checkpoint, one bit each
 */
public record RetainedMemory(ImageId id, byte[] memory, int changed) {}
