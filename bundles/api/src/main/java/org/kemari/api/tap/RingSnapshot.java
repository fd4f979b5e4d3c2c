package org.kemari.api.tap;

import java.util.List;

/**
 * One virtqueue (split ring, virtio 1.2 section 2.7) at a pause. Addresses are guest-physical.
 *
 * @param index number of the queue within its device
 * @param size number of descriptors, a power of two up to 32768
 * @param descriptorTable address of the descriptor table
 * @param availRing address of the driver area
 * @param usedRing address of the device area
 * @param availIndex next index of the available ring to be taken, 0 to 65535
 * @param usedIndex next index of the used ring to be written, 0 to 65535
 * @param inFlight taken and not completed, in the order in which they were taken
 */
public record RingSnapshot(
        int index,
        int size,
        long descriptorTable,
        long availRing,
        long usedRing,
        int availIndex,
        int usedIndex,
        List<InFlight> inFlight) {
    public RingSnapshot {
        inFlight = List.copyOf(inFlight);
    }
}
