package org.kemari.eventtap.internal;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.kemari.api.tap.DiskExtent;

/**
 * Extents of a mirrored disk that the standby may have written and this host has not: a reset dropped a write after a
 * checkpoint had carried it. Guarded by the device's lock.
 *
 * <p>An extent may go with a checkpoint only if the dropped write is not pending in this very checkpoint; otherwise the
 * standby would be repaired first and then execute the write. Hence the two steps.
 */
final class Repairs {
    private static final int PIECE_BYTES = 1 << 20;

    private record Dropped(DiskExtent extent, long incarnation) {}

    private final String disk;
    private final List<Dropped> dropped = new ArrayList<>();
    private final List<DiskExtent> due = new ArrayList<>();
    private boolean beingSent;

    Repairs(String disk) {
        this.disk = disk;
    }

    /** A write of this incarnation of the device was dropped. */
    void add(long offset, long length, long incarnation) {
        for (long done = 0; done < length; done += PIECE_BYTES) {
            DiskExtent extent = new DiskExtent(disk, offset + done, (int) Math.min(PIECE_BYTES, length - done));
            dropped.add(new Dropped(extent, incarnation));
        }
    }

    /** A snapshot of this incarnation has been taken: nothing of earlier ones is pending in it. */
    void snapshotTaken(long incarnation) {
        for (Iterator<Dropped> i = dropped.iterator(); i.hasNext(); ) {
            Dropped d = i.next();
            if (d.incarnation() < incarnation) {
                due.add(d.extent());
                i.remove();
            }
        }
    }

    /** Whether there is something to be repaired, or on its way: the disk is read for it at any time until it has been sent. */
    boolean areWanted() {
        return !dropped.isEmpty() || !due.isEmpty() || beingSent;
    }

    /** The next checkpoint begins: what went with the one before has been sent. */
    void sent() {
        beingSent = false;
    }

    List<DiskExtent> take() {
        List<DiskExtent> taken = List.copyOf(due);
        beingSent = !taken.isEmpty();
        due.clear();
        return taken;
    }
}
