package org.kemari.eventtap.internal;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import org.kemari.linux.EventFd;
import org.kemari.virtio.ring.RingException;
import org.kemari.virtio.ring.Virtqueue;
import org.kemari.virtio.vhostuser.InflightRegion;
import org.kemari.virtio.vhostuser.VhostUserException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a front end can do with a device. Takes the device's lock; one thread, that of the connection. */
final class FrontEndPort {
    private static final Logger LOG = LoggerFactory.getLogger(FrontEndPort.class);

    private final TappedDevice device;
    private final DeviceMonitor monitor;
    private final RingLifecycle lifecycle;

    FrontEndPort(TappedDevice device, DeviceMonitor monitor, RingLifecycle lifecycle) {
        this.device = device;
        this.monitor = monitor;
        this.lifecycle = lifecycle;
    }

    void connected() {
        monitor.lock();
        device.connected = true;
        monitor.unlock();
    }

    /** Nothing more is put into the rings. */
    void quiesce() {
        monitor.lock();
        try {
            lifecycle.quiesce();
        } finally {
            monitor.unlock();
        }
    }

    void disconnected() {
        monitor.lock();
        try {
            device.connected = false;
            lifecycle.disconnect();
            device.features = 0;
        } finally {
            monitor.unlock();
        }
    }

    void setFeatures(long accepted) throws IOException {
        monitor.lock();
        try {
            long unknown = accepted & ~(device.offeredFeatures() | ProtocolSession.GENERAL_FEATURES);
            if (unknown != 0) {
                throw new VhostUserException("features 0x%x were accepted but not offered".formatted(unknown));
            }
            device.features = accepted & ~ProtocolSession.GENERAL_FEATURES;
            device.featuresAccepted();
        } finally {
            monitor.unlock();
        }
    }

    Optional<MemoryTable> memoryTable() {
        monitor.lock();
        try {
            return device.guest.table();
        } finally {
            monitor.unlock();
        }
    }

    /** Replaces the memory; requests in flight go on with the old mapping of the same bytes. */
    void setMemory(MemoryTable table) {
        monitor.lock();
        try {
            if (device.guest.table().isPresent() && device.guest.table().get() == table) {
                return;
            }
            device.guest.replace(table, device.hasInFlight());
            for (Ring ring : device.rings) {
                if (ring.isStarted() && ring.state != Ring.State.PAUSED) {
                    Virtqueue old = ring.queue;
                    ring.queue = new Virtqueue(table.guest(), old.layout(), device.features, old.availIndex());
                }
            }
        } catch (RingException e) {
            device.breakDown("new memory layout: " + e.getMessage());
        } finally {
            monitor.unlock();
        }
    }

    /** The front end asks for a new in-flight record, which it gets. */
    void newInflight(InflightRegion region) {
        monitor.lock();
        lifecycle.inflightRequested();
        device.guest.setInflight(region);
        monitor.unlock();
    }

    Optional<InflightRegion> inflight() {
        monitor.lock();
        try {
            return device.guest.inflight();
        } finally {
            monitor.unlock();
        }
    }

    /** The front end gives a record back. */
    void setInflight(InflightRegion region) {
        monitor.lock();
        device.guest.setInflight(region);
        monitor.unlock();
    }

    void configure(int index, Consumer<Ring> change) throws VhostUserException {
        Ring ring = ring(index);
        monitor.lock();
        try {
            change.accept(ring);
        } finally {
            monitor.unlock();
        }
    }

    private Ring ring(int index) throws VhostUserException {
        if (index < 0 || index >= device.rings.length) {
            throw new VhostUserException("ring " + index + " of " + device.rings.length);
        }
        return device.rings[index];
    }

    /** A kick may have come before: the worker looks at the ring. */
    void enable(int index, boolean enabled) throws VhostUserException {
        configure(index, ring -> {
            ring.enabled = enabled;
            ring.wasServed |= ring.isServed();
        });
        device.worker.wakeup();
    }

    /** A front end without protocol features never enables anything. */
    void enableAll() throws VhostUserException {
        for (Ring ring : device.rings) {
            enable(ring.index, true);
        }
    }

    /** The driver may have missed a signal while it had no descriptor for it. */
    void setCall(int index, Optional<EventFd> call) throws VhostUserException {
        configure(index, ring -> {
            ring.call.ifPresent(EventFd::close);
            ring.call = call;
            if (ring.state == Ring.State.RUNNING) {
                ring.signalDriver(LOG);
            }
        });
    }

    /** Starts a ring, or gives a started one another descriptor. */
    void startRing(int index, EventFd kick) throws IOException {
        Ring ring = ring(index);
        monitor.lock();
        try {
            device.worker.watch(ring, kick);
            lifecycle.start(ring);
        } catch (RingException e) {
            device.breakDown("ring " + index + " cannot start: " + e.getMessage());
        } finally {
            monitor.unlock();
        }
        device.worker.wakeup();
    }

    /** Stops a ring and says where. */
    int stopRing(int index) throws VhostUserException {
        Ring ring = ring(index);
        monitor.lock();
        try {
            return lifecycle.stop(ring);
        } finally {
            monitor.unlock();
        }
    }
}
