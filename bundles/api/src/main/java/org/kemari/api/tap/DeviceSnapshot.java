package org.kemari.api.tap;

import java.util.List;
import java.util.Objects;

/**
 * One device at a pause.
 *
 * @param device its id
 * @param kind its kind
 * @param features negotiated virtio feature bits
 * @param incarnation grows with each reset of the device; request numbers of different incarnations do not compare
 * @param rings the started rings, by index; empty if the guest does not use the device
 */
public record DeviceSnapshot(
        String device, DeviceKind kind, long features, long incarnation, List<RingSnapshot> rings) {
    public DeviceSnapshot {
        Objects.requireNonNull(device);
        Objects.requireNonNull(kind);
        rings = List.copyOf(rings);
    }
}
