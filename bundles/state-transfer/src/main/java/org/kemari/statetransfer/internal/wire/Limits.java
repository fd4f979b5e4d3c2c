package org.kemari.statetransfer.internal.wire;

import java.util.List;

/**
 * What addresses in frames must stay within.
 *
 * @param memoryPages pages of 4 KiB in the guest's memory
 * @param diskBytes size of each disk that may be written by index, 0 for those that may not
 */
public record Limits(long memoryPages, List<Long> diskBytes) {
    /** Nothing agreed yet: no page and no disk is within. */
    public static final Limits NONE = new Limits(0, List.of());

    public Limits {
        diskBytes = List.copyOf(diskBytes);
    }

    /** Extents by number, of which the last may be shorter. */
    void checkExtents(int disk, long first, long count) throws WireException {
        long extents = disk < diskBytes.size() ? DiskExtents.count(diskBytes.get(disk)) : 0;
        if (count < 1 || first < 0 || first > extents || count > extents - first) {
            throw new WireException(
                    "a frame for " + count + " extents from " + first + " of disk " + disk + ", which has " + extents);
        }
    }

    /** A disk that may be written. */
    void checkDisk(int disk) throws WireException {
        checkDisk(disk, 0, 1);
    }

    void checkDisk(int disk, long offset, long length) throws WireException {
        if (disk >= diskBytes.size()) {
            throw new WireException("a frame for disk " + disk + " of " + diskBytes.size());
        }
        long size = diskBytes.get(disk);
        if (length < 1 || offset < 0 || offset > size || length > size - offset) {
            throw new WireException("a frame for " + length + " bytes at " + offset + " of disk " + disk
                    + ", which has " + size + " bytes to be sent");
        }
    }
}
