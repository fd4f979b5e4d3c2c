package org.kemari.api.tap;

import java.util.Objects;

/**
 * A range of a disk.
 *
 * @param disk id of the disk
 * @param offset in bytes
 * @param length in bytes, more than 0
 */
public record DiskExtent(String disk, long offset, int length) {
    public DiskExtent {
        Objects.requireNonNull(disk);
    }
}
