package org.kemari.api.transfer;

/**
 * Names one committed state of a guest.
 *
 * @param session the attempt at protection that it belongs to
 * @param epoch number of the checkpoint
 */
public record ImageId(long session, long epoch) {}
