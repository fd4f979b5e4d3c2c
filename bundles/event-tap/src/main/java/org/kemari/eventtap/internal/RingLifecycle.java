package org.kemari.eventtap.internal;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.kemari.api.tap.DeviceSnapshot;
import org.kemari.virtio.ring.GuestMemory;
import org.kemari.virtio.ring.RingException;
import org.kemari.virtio.ring.RingLayout;
import org.kemari.virtio.ring.Virtqueue;
import org.kemari.virtio.vhostuser.InflightQueue;
import org.kemari.virtio.vhostuser.VhostUserException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the rings of a device start and stop. All of it with the device's lock held, on the thread of the connection; the
 * hypervisor waits.
 *
 * <p>A ring starts in one of four ways: it goes on after a checkpoint's pause; it is taken over with a committed
 * checkpoint; it takes up what a lost connection left in the in-flight record; or it begins afresh. It stops in one of
 * two: for a checkpoint's pause, or for good.
 */
final class RingLifecycle {
    /** How long the pause of a checkpoint waits for transfers to or from guest memory that have begun. */
    private static final long PAUSE_QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** How long a reset waits for what is being executed; the hypervisor's own devices would wait for ever. */
    private static final long RESET_QUIET_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final Logger LOG = LoggerFactory.getLogger(RingLifecycle.class);

    private final TappedDevice device;
    private final DeviceMonitor monitor;
    private Optional<DeviceSnapshot> restoring = Optional.empty();
    /** The front end has asked for a new in-flight record: it knows of no former life of the device. */
    private boolean newInflight;
    /** Nothing starts any more. */
    private boolean quiesced;

    private long pausedFeatures;

    RingLifecycle(TappedDevice device, DeviceMonitor monitor) {
        this.device = device;
        this.monitor = monitor;
    }

    void inflightRequested() {
        newInflight = true;
    }

    // ---- starting ----

    void start(Ring ring) throws RingException, VhostUserException {
        if (quiesced || ring.state == Ring.State.RUNNING || ring.state == Ring.State.RESTORING) {
            return;
        }
        RingLayout layout = layoutOf(ring);
        if (ring.state == Ring.State.PAUSED) {
            if (isUnchanged(ring, layout)) {
                goOn(ring, layout);
                return;
            }
            pauseWasReset();
        }
        newInflight = false;
        if (restoring.isPresent()) {
            beginRestored(ring, layout, restoring.get());
        } else {
            beginFresh(ring, layout);
        }
    }

    private RingLayout layoutOf(Ring ring) throws RingException, VhostUserException {
        if (device.guest.table().isEmpty() || !ring.addressed || ring.size == 0) {
            throw new VhostUserException("ring " + ring.index + " is started without memory, size or addresses");
        }
        GuestMemory memory = device.guest.memory();
        return new RingLayout(
                ring.size,
                memory.guestAddressOf(ring.descriptorAddress),
                memory.guestAddressOf(ring.availAddress),
                memory.guestAddressOf(ring.usedAddress));
    }

    private boolean isUnchanged(Ring ring, RingLayout layout) {
        return !newInflight
                && ring.base == ring.pausedAt.availIndex()
                && layout.equals(ring.queue.layout())
                && device.features == pausedFeatures;
    }

    private void goOn(Ring ring, RingLayout layout) throws RingException {
        ring.queue = new Virtqueue(device.guest.memory(), layout, device.features, ring.base);
        run(ring);
        device.checkpoint.resumed();
        device.frozen = anyPaused();
        device.resumed(ring);
        ring.signalDriver(LOG);
    }

    private static void run(Ring ring) {
        ring.state = Ring.State.RUNNING;
        ring.wasServed = ring.isServed();
    }

    private void beginFresh(Ring ring, RingLayout layout) throws RingException, VhostUserException {
        ring.queue = Virtqueue.afterLoss(device.guest.memory(), layout, device.features, ring.base);
        Optional<InflightQueue> inflight = device.guest.inflightOf(ring);
        List<Integer> heads = inflight.isPresent() ? inflight.get().recover(ring.queue.usedIndex()) : List.of();
        run(ring);
        if (!heads.isEmpty()) {
            LOG.info("{}: ring {} takes up {} requests that were in flight", device.id, ring.index, heads.size());
            ring.queue.position(ring.queue.usedIndex() + heads.size());
            for (int head : heads) {
                device.resubmit(ring, head);
            }
        }
        ring.signalDriver(LOG);
    }

    // ---- takeover ----

    void restore(DeviceSnapshot snapshot) throws IOException {
        for (Ring ring : device.rings) {
            if (ring.isStarted()) {
                throw new IOException(device.id + " is already being used by the guest: too late to restore it");
            }
        }
        if (snapshot.rings().stream().anyMatch(r -> r.index() >= device.rings.length)) {
            throw new IOException(device.id + " has " + device.rings.length + " rings, the checkpoint more");
        }
        boolean pointless = snapshot.rings().isEmpty() || !device.canHaveInFlight();
        restoring = pointless ? Optional.empty() : Optional.of(snapshot);
    }

    private void beginRestored(Ring ring, RingLayout layout, DeviceSnapshot snapshot)
            throws RingException, VhostUserException {
        Optional<String> fault = Restoration.check(snapshot, ring, layout, device.features);
        if (fault.isPresent()) {
            restoring = Optional.empty();
            throw new RingException("the hypervisor's device state is not that of the checkpoint: " + fault.get());
        }
        ring.queue = new Virtqueue(device.guest.memory(), layout, device.features, ring.base);
        ring.state = Ring.State.RESTORING;
        if (snapshot.rings().stream().allMatch(r -> device.rings[r.index()].state == Ring.State.RESTORING)) {
            restoring = Optional.empty();
            executeRestored(snapshot);
        }
    }

    /** Only now that all rings are there: requests of different rings may overlap, and only their numbers tell the order. */
    private void executeRestored(DeviceSnapshot snapshot) throws RingException, VhostUserException {
        device.numbering.continueAfter(snapshot.incarnation());
        for (Ring ring : device.rings) {
            if (ring.state == Ring.State.RESTORING) {
                Optional<InflightQueue> inflight = device.guest.inflightOf(ring);
                inflight.ifPresent(record -> record.reset(ring.queue.usedIndex()));
                run(ring);
            }
        }
        List<Restoration.Pending> pending = Restoration.inOrder(snapshot);
        for (Restoration.Pending p : pending) {
            device.resubmit(device.rings[p.ring()], p.head());
        }
        LOG.info("{}: taken over with {} requests in flight", device.id, pending.size());
        for (Ring ring : device.rings) {
            if (ring.state == Ring.State.RUNNING) {
                ring.signalDriver(LOG);
            }
        }
    }

    // ---- stopping ----

    /** Returns the position at which the ring was stopped. */
    int stop(Ring ring) {
        if (ring.state == Ring.State.PAUSED || !ring.isStarted()) {
            return ring.base;
        }
        newInflight = false;
        if (device.checkpoint.isAnnounced() || anyPaused()) {
            pause(ring);
        } else {
            stopForGood(ring);
        }
        return ring.base;
    }

    private void pause(Ring ring) {
        if (ring.wasServed && device.isInOrder()) {
            try {
                device.takeAll(ring);
            } catch (RingException e) {
                device.breakDown("ring " + ring.index + ": " + e.getMessage());
            }
        }
        device.frozen = true;
        ring.state = Ring.State.STOPPING;
        // If this is a reset after all, the guest will use its memory for something else: nothing may be working on it.
        if (!monitor.await(device::isQuiet, PAUSE_QUIET_NANOS)) {
            LOG.debug("{}: the disk is still busy in the pause", device.id);
        }
        ring.state = Ring.State.PAUSED;
        device.worker.unwatch(ring);
        ring.base = ring.queue.availIndex();
        ring.pausedAt = ring.snapshot(device.inFlight(ring));
        pausedFeatures = device.features;
        device.checkpoint.paused(
                ring.pausedAt,
                device.guest.layout(),
                device.numbering.last(),
                device.features,
                device.numbering.incarnation());
        device.cut();
    }

    private boolean anyPaused() {
        for (Ring ring : device.rings) {
            if (ring.state == Ring.State.PAUSED) {
                return true;
            }
        }
        return false;
    }

    private void stopForGood(Ring ring) {
        restoring = Optional.empty();
        ring.state = Ring.State.STOPPING;
        device.worker.unwatch(ring);
        if (!monitor.await(() -> isAllDropped() ? isDrained() : device.isDrained(ring), RESET_QUIET_NANOS)) {
            LOG.warn("{}: the disk has been busy for too long; its requests are given up", device.id);
        }
        if (!device.inFlight(ring).isEmpty() || isAllDropped()) {
            forgetAll();
        }
        stopped(ring);
        device.numbering.newIncarnation();
    }

    /** What is held is dropped in all rings together: then nothing may be under way in any of them. */
    private boolean isAllDropped() {
        return device.holding || !device.isInOrder();
    }

    private boolean isDrained() {
        for (Ring ring : device.rings) {
            if (!device.isDrained(ring)) {
                return false;
            }
        }
        return true;
    }

    private static void stopped(Ring ring) {
        if (ring.isStarted()) {
            if (ring.state != Ring.State.PAUSED) {
                ring.base = ring.queue.availIndex();
            }
            ring.state = Ring.State.STOPPED;
        }
    }

    /** The guest has reset the device, and all its rings with it. */
    private void forgetAll() {
        for (Ring ring : device.rings) {
            stopped(ring);
        }
        device.dropInFlight();
        device.mend();
    }

    private void pauseWasReset() {
        device.checkpoint.reset(device.numbering.last());
        device.cut();
        forgetAll();
        device.numbering.newIncarnation();
        device.frozen = false;
    }

    /** The guest runs again. A device that still pauses was reset before the pause and has not been set up since. */
    void restartIsOver() {
        if (anyPaused()) {
            pauseWasReset();
        }
    }

    /**
     * The device is about to be closed. What has begun is finished while the front end is still there: once that has seen
     * the connection go, it takes the used index that it finds for the one at which the next connection goes on.
     */
    void quiesce() {
        quiesced = true;
        beginToStop();
        monitor.await(device::isQuiet, RESET_QUIET_NANOS);
    }

    private void beginToStop() {
        device.frozen = true;
        for (Ring ring : device.rings) {
            if (ring.state == Ring.State.RUNNING) {
                ring.state = Ring.State.STOPPING;
            }
            device.worker.unwatch(ring);
        }
    }

    /** The connection is lost. What has begun is finished; the rest is left to the next connection, or dropped. */
    void disconnect() {
        boolean started = false;
        for (Ring ring : device.rings) {
            started |= ring.isStarted();
        }
        beginToStop();
        boolean quiet = monitor.await(device::isQuiet, quiesced ? 0 : RESET_QUIET_NANOS);
        if (!quiet) {
            LOG.warn("{}: the disk has been busy for too long; guest memory stays mapped", device.id);
        }
        for (Ring ring : device.rings) {
            ring.disconnect();
        }
        device.dropInFlight();
        device.mend();
        if (started) {
            device.numbering.newIncarnation();
            device.checkpoint.disconnected();
        }
        device.frozen = false;
        device.guest.release(!quiet);
    }
}
