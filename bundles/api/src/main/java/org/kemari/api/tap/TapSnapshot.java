package org.kemari.api.tap;

import java.util.List;

/**
 * All rings of a domain at one pause: with the memory of the same moment, all that is needed to find what is pending.
 *
 * @param memory layout of guest memory
 * @param devices one entry for each tapped device, in the order of the definition: disks, then NICs
 */
public record TapSnapshot(List<MemoryRegion> memory, List<DeviceSnapshot> devices) {
    public TapSnapshot {
        memory = List.copyOf(memory);
        devices = List.copyOf(devices);
    }
}
