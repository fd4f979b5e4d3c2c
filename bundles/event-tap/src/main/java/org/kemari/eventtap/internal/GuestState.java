package org.kemari.eventtap.internal;

import java.util.List;
import java.util.Optional;
import org.kemari.api.tap.MemoryRegion;
import org.kemari.virtio.ring.GuestMemory;
import org.kemari.virtio.vhostuser.InflightQueue;
import org.kemari.virtio.vhostuser.InflightRegion;
import org.kemari.virtio.vhostuser.VhostUserException;

/** What the front end has lent a device: guest memory, and memory for what is in flight. Guarded by the device's lock. */
final class GuestState {
    private Optional<MemoryTable> table = Optional.empty();
    private Optional<MemoryTable> retired = Optional.empty();
    private Optional<InflightRegion> inflight = Optional.empty();

    Optional<MemoryTable> table() {
        return table;
    }

    GuestMemory memory() {
        return table.orElseThrow().guest();
    }

    List<MemoryRegion> layout() {
        return memory().layout();
    }

    /**
     * Replaces the memory.
     *
     * @param inUse whether requests still refer to the old mapping; it is kept for them until {@link #unused}
     */
    void replace(MemoryTable newTable, boolean inUse) {
        unused();
        if (inUse) {
            retired = table;
        } else {
            table.ifPresent(MemoryTable::close);
        }
        table = Optional.of(newTable);
    }

    /** No request refers to a mapping that has been replaced. */
    void unused() {
        retired.ifPresent(MemoryTable::close);
        retired = Optional.empty();
    }

    Optional<InflightRegion> inflight() {
        return inflight;
    }

    /** Takes the region over. */
    void setInflight(InflightRegion region) {
        inflight.ifPresent(InflightRegion::close);
        inflight = Optional.of(region);
    }

    /** The record of a ring, if the front end keeps one. */
    Optional<InflightQueue> inflightOf(Ring ring) throws VhostUserException {
        if (inflight.isEmpty()) {
            return Optional.empty();
        }
        InflightRegion region = inflight.get();
        if (ring.index >= region.queues() || region.queue(ring.index).size() < ring.size) {
            throw new VhostUserException("in-flight memory has no room for ring " + ring.index + " of " + ring.size);
        }
        return Optional.of(region.queue(ring.index));
    }

    /**
     * Gives everything back.
     *
     * @param mapped {@code true}: somebody may still touch the memory, which stays mapped for good then
     */
    void release(boolean mapped) {
        if (!mapped) {
            unused();
            table.ifPresent(MemoryTable::close);
            inflight.ifPresent(InflightRegion::close);
        }
        retired = Optional.empty();
        table = Optional.empty();
        inflight = Optional.empty();
    }
}
