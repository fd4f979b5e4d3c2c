package org.kemari.eventtap.internal;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.kemari.api.tap.DeviceSnapshot;
import org.kemari.api.tap.RingSnapshot;
import org.kemari.virtio.ring.RingLayout;

/** What a device that takes over does with the rings of the committed checkpoint. */
final class Restoration {
    /** A request to be executed again. */
    record Pending(int ring, int head, long sequence) {}

    private Restoration() {}

    /** What is wrong with the ring that the hypervisor starts, if it is not the one of the checkpoint. */
    static Optional<String> check(DeviceSnapshot snapshot, Ring ring, RingLayout layout, long features) {
        Optional<RingSnapshot> found =
                snapshot.rings().stream().filter(r -> r.index() == ring.index).findFirst();
        if (found.isEmpty()) {
            return Optional.of("ring " + ring.index + " was not in use");
        }
        RingSnapshot expected = found.get();
        RingLayout expectedLayout =
                new RingLayout(expected.size(), expected.descriptorTable(), expected.availRing(), expected.usedRing());
        if (!expectedLayout.equals(layout)) {
            return Optional.of("ring " + ring.index + " is at " + layout + ", was at " + expectedLayout);
        }
        if (expected.availIndex() != ring.base) {
            return Optional.of("ring " + ring.index + " starts at " + ring.base + ", was at " + expected.availIndex());
        }
        if (snapshot.features() != features) {
            return Optional.of("features 0x%x, were 0x%x".formatted(features, snapshot.features()));
        }
        return Optional.empty();
    }

    /** All requests in flight, of all rings, in the order in which they were taken. */
    static List<Pending> inOrder(DeviceSnapshot snapshot) {
        return snapshot.rings().stream()
                .flatMap(ring -> ring.inFlight().stream().map(r -> new Pending(ring.index(), r.head(), r.sequence())))
                .sorted(Comparator.comparingLong(Pending::sequence))
                .toList();
    }
}
