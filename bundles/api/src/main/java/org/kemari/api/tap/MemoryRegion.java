package org.kemari.api.tap;

/**
 * A piece of guest-physical memory.
 *
 * @param guestAddress guest-physical address of its first byte
 * @param size in bytes
 * @param fileOffset where it begins in the RAM file
 */
public record MemoryRegion(long guestAddress, long size, long fileOffset) {}
