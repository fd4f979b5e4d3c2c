package org.kemari.eventtap.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.kemari.api.tap.DeviceKind;
import org.kemari.api.tap.DeviceSnapshot;
import org.kemari.api.tap.MemoryRegion;
import org.kemari.api.tap.RingSnapshot;

/**
 * Where a device is between the announcement of a checkpoint and its snapshot, and what it was like in the pause. Guarded
 * by the device's lock.
 *
 * <p>A front end that stops the rings doesn't say why. If a checkpoint is announced it is taken for its pause; if the rings
 * then start with anything but what they were stopped with, or not at all, it was a reset after all, and the device has no
 * rings in this checkpoint. The announcement stays in force then, for the pause may still be to come.
 */
final class Checkpointing {
    private static final long NONE = Long.MIN_VALUE;

    private final List<RingSnapshot> rings = new ArrayList<>();
    private List<MemoryRegion> memory = List.of();
    private long epoch = NONE;
    private boolean announced;
    private boolean disconnected;
    private long boundary;
    private long features;
    private long incarnation;

    void prepare(long newEpoch, long lastSequence) {
        forget();
        epoch = newEpoch;
        announced = true;
        boundary = lastSequence;
    }

    /** Whether a stop of the rings is taken for the pause, and what is held belongs to the announced checkpoint. */
    boolean isAnnounced() {
        return announced;
    }

    /** Whether a checkpoint is announced and its snapshot has not been taken. */
    boolean isOpen() {
        return epoch != NONE;
    }

    void paused(RingSnapshot ring, List<MemoryRegion> layout, long lastSequence, long deviceFeatures, long current) {
        if (!isOpen()) {
            return;
        }
        rings.removeIf(r -> r.index() == ring.index());
        rings.add(ring);
        rings.sort(Comparator.comparingInt(RingSnapshot::index));
        memory = layout;
        boundary = lastSequence;
        features = deviceFeatures;
        incarnation = current;
    }

    /** A ring goes on where it was: it was the pause. */
    void resumed() {
        announced = false;
    }

    /** What was taken for the pause was a reset. */
    void reset(long lastSequence) {
        rings.clear();
        boundary = lastSequence;
    }

    /** Whether the snapshot that is still to be taken will contain this request. */
    boolean ships(long sequence) {
        return !announced && !rings.isEmpty() && sequence <= boundary;
    }

    void disconnected() {
        disconnected = isOpen();
    }

    boolean isDisconnected() {
        return disconnected;
    }

    long epoch() {
        return epoch;
    }

    /** Last request that belongs to the epoch. */
    long boundary() {
        return boundary;
    }

    /** Layout of guest memory in the pause; empty if no ring was stopped. */
    List<MemoryRegion> memory() {
        return memory;
    }

    DeviceSnapshot snapshot(String device, DeviceKind kind, long currentIncarnation) {
        boolean used = !rings.isEmpty();
        return new DeviceSnapshot(
                device, kind, used ? features : 0, used ? incarnation : currentIncarnation, List.copyOf(rings));
    }

    /** The snapshot has been taken, or the checkpoint is cancelled. */
    void forget() {
        rings.clear();
        memory = List.of();
        epoch = NONE;
        announced = false;
        disconnected = false;
    }
}
