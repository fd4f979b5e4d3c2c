package org.kemari.eventtap.internal;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.Condition;
import org.kemari.api.tap.DeviceKind;
import org.kemari.api.tap.DeviceSnapshot;
import org.kemari.api.tap.DeviceStatus;
import org.kemari.api.tap.InFlight;
import org.kemari.api.tap.MemoryRegion;
import org.kemari.virtio.ring.GuestMemory;
import org.kemari.virtio.ring.RingException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A device behind its rings: holding, checkpoints and takeover as far as all kinds of devices have them in common.
 *
 * <p>One lock ({@link DeviceMonitor}) guards everything here, in the subclasses and in what belongs to them. Three kinds
 * of threads meet under it: the thread of the vhost-user connection, which starts and stops rings
 * ({@link RingLifecycle}) and for which the hypervisor waits; the worker that looks after the rings; the domain's
 * conductor, which holds and releases. Block devices have threads for disk I/O besides. Methods that take the lock by
 * themselves say so, or are of those groups at the end; all others are called with it held.
 */
abstract class TappedDevice implements AutoCloseable {
    protected final Logger log = LoggerFactory.getLogger(getClass());

    final String id;
    /** Whose device it is. */
    final String domain;

    /** What threads of this device are called, after what they do. */
    final String threadName;

    final DeviceKind kind;
    final Ring[] rings;
    final RingWorker worker;
    final GuestState guest = new GuestState();
    final Checkpointing checkpoint = new Checkpointing();
    final Numbering numbering = new Numbering();

    protected final HoldStats holdStats = new HoldStats();

    private final EpochLedger ledger = new EpochLedger();
    private final DeviceMonitor monitor;
    private final RingLifecycle lifecycle;
    private final FrontEndPort port;

    /** Negotiated virtio features. */
    long features;

    boolean connected;
    boolean holding;
    /** Nothing new is executed: a checkpoint's pause. */
    boolean frozen;

    private String broken = "";
    private boolean notified;

    protected TappedDevice(String id, DeviceKind kind, int ringCount, DeviceEvents events) throws IOException {
        this.id = id;
        this.domain = events.domain();
        this.threadName = domain + "-" + id;
        this.kind = kind;
        rings = new Ring[ringCount];
        for (int i = 0; i < ringCount; i++) {
            rings[i] = new Ring(i);
        }
        monitor = new DeviceMonitor(id, events);
        lifecycle = new RingLifecycle(this, monitor);
        port = new FrontEndPort(this, monitor, lifecycle);
        worker = new RingWorker(this);
    }

    // ---- what a kind of device is ----

    abstract long offeredFeatures();

    /** Features of the vhost-user protocol. */
    abstract long offeredProtocolFeatures();

    /** Empty if the hypervisor has it. */
    abstract byte[] configurationSpace();

    /** Number of queues, as the protocol counts them. */
    int queueNumber() {
        return rings.length;
    }

    /** Whether there may be something in flight, so that at takeover the rings must be those of the snapshot. */
    abstract boolean canHaveInFlight();

    // ---- what a kind of device does ----

    /** The driver has accepted features. */
    void featuresAccepted() throws IOException {}

    /** Serves all rings a bounded while; takes the lock. Returns whether there is more to do. */
    abstract boolean serve() throws IOException;

    /** Takes everything available from a ring that a checkpoint stops. */
    abstract void takeAll(Ring ring) throws RingException;

    /** Whether nothing is working on guest memory. */
    abstract boolean isQuiet();

    /** Whether nothing of this ring that has been let out is left. */
    abstract boolean isDrained(Ring ring);

    /** What is in flight in a ring, in order. */
    abstract List<InFlight> inFlight(Ring ring);

    abstract boolean hasInFlight();

    /** Takes again what a former incarnation had taken from this ring and not completed. */
    abstract void resubmit(Ring ring, int head) throws RingException;

    /** Completes what was done while the ring stood still. */
    abstract void resumed(Ring ring);

    /** Forgets everything in flight without completing it. */
    abstract void dropInFlight();

    /** Lets out held outputs up to this sequence number. */
    abstract void letOut(long sequence);

    /** Whether outputs that have been let out are not done. */
    abstract boolean hasOutputsUnderWay();

    /** Whether outputs after this sequence number are held. */
    abstract boolean hasHeldAfter(long sequence);

    /** Number of outputs that are held. */
    abstract int held();

    /** A checkpoint is announced; the one before has been sent. */
    void checkpointBegins() {}

    /** What has begun to be executed by now was executed before the pause of the checkpoint that is being taken. */
    void cut() {}

    /** From now on outputs are held, all of them, or none is. */
    void holdChanges() {}

    /** A snapshot of this incarnation has been taken. */
    void snapshotTaken(long snapshotIncarnation) {}

    /** Tells the network where the guest is; takes the lock. */
    void announce() {}

    abstract DeviceStatus status(String state);

    // ---- for subclasses ----

    protected final void lock() {
        monitor.lock();
    }

    protected final void unlock() {
        monitor.unlock();
    }

    protected final Condition newCondition() {
        return monitor.newCondition();
    }

    /** Something was completed, for which somebody may be waiting. */
    protected final void signalChange() {
        monitor.signalChange();
    }

    protected final GuestMemory guestMemory() {
        return guest.memory();
    }

    protected final boolean isServed(Ring ring) {
        return isInOrder() && ring.isServed();
    }

    /** Asks the driver whether it wants a signal, and sends it. */
    protected final void signalIfWanted(Ring ring) {
        if (ring.published) {
            ring.published = false;
            if (ring.queue.shouldNotify()) {
                ring.signalDriver(log);
            }
        }
    }

    /** Whether the standby has, or is going to have, a checkpoint in which this request is pending. */
    protected final boolean isShipped(long sequence) {
        return ledger.isClosed(sequence) || checkpoint.ships(sequence);
    }

    /** The last output that belongs to a checkpoint that came about. */
    protected final long closedUpTo() {
        return ledger.closedUpTo();
    }

    /** An output is held: tells the domain, once, unless the announced checkpoint will contain it. */
    protected final void noteHeld() {
        if (!checkpoint.isAnnounced() && !notified) {
            notified = true;
            monitor.tellOutputHeld();
        }
    }

    /** Reports without taking the device out of order. */
    protected final void complain(String reason) {
        monitor.tellBroken(reason);
    }

    /** Reports that a request is kept. */
    protected final void complainOfDisk(String reason) {
        monitor.tellDiskFailed(reason);
    }

    // ---- out of order, and in order again ----

    final boolean isInOrder() {
        return broken.isEmpty();
    }

    /** The device is out of order until it is reset. Its front end is still answered. */
    final void breakDown(String reason) {
        if (!isInOrder()) {
            return;
        }
        broken = reason;
        monitor.tellBroken(reason);
        log.warn("{} is out of order: {}", id, reason);
        for (Ring ring : rings) {
            ring.signalError(log);
        }
    }

    final void mend() {
        broken = "";
    }

    // ---- threads; these take the lock ----

    /** Begins to look after the rings. */
    void start() {
        worker.start();
    }

    /** Ends it. The connection has ended before. */
    @Override
    public void close() {
        worker.close();
    }

    /** Lets others have the lock first; does not take it. */
    final void giveWay() {
        monitor.giveWay();
    }

    final FrontEndPort port() {
        return port;
    }

    /** The driver says that there is something in a ring. */
    final void kicked(int index) throws IOException {
        lock();
        try {
            rings[index].takeKick();
        } finally {
            unlock();
        }
    }

    final void fail(String reason) {
        lock();
        try {
            breakDown(reason);
        } finally {
            unlock();
        }
    }

    // ---- the conductor; these take the lock ----

    final void beginHold() {
        lock();
        holding = true;
        holdChanges();
        unlock();
    }

    /** Waits until nothing that was let out before {@link #beginHold} is being executed. */
    final void awaitHold(long nanos) throws IOException {
        lock();
        try {
            if (!monitor.await(() -> !hasOutputsUnderWay(), nanos)) {
                throw new IOException(id + ": outputs that had been let out are not finished in time");
            }
        } finally {
            unlock();
        }
    }

    final void passThrough() {
        lock();
        try {
            holding = false;
            holdChanges();
            ledger.releaseAll(numbering.last());
            letOut(numbering.last());
        } finally {
            unlock();
        }
    }

    final void prepare(long epoch) {
        lock();
        try {
            checkpoint.prepare(epoch, numbering.last());
            checkpointBegins();
            cut();
            notified = false;
        } finally {
            unlock();
        }
    }

    /** The device in the pause. Call when the connection's thread has seen everything that the restart has sent. */
    final DeviceSnapshot snapshot() throws IOException {
        lock();
        try {
            if (!checkpoint.isOpen()) {
                throw new IOException(id + ": no checkpoint has been prepared");
            }
            if (checkpoint.isDisconnected()) {
                throw new IOException(id + ": the hypervisor's connection was lost during the checkpoint");
            }
            lifecycle.restartIsOver();
            DeviceSnapshot snapshot = checkpoint.snapshot(id, kind, numbering.incarnation());
            ledger.close(checkpoint.epoch(), checkpoint.boundary());
            checkpoint.forget();
            snapshotTaken(snapshot.incarnation());
            notifyIfHeld();
            return snapshot;
        } finally {
            unlock();
        }
    }

    /** Layout of guest memory in the pause whose snapshot has not been taken yet; empty if the guest used no ring. */
    final List<MemoryRegion> pausedMemory() {
        lock();
        try {
            return checkpoint.memory();
        } finally {
            unlock();
        }
    }

    final void cancel() {
        lock();
        try {
            checkpoint.forget();
            notifyIfHeld();
        } finally {
            unlock();
        }
    }

    private void notifyIfHeld() {
        if (hasHeldAfter(ledger.closedUpTo())) {
            noteHeld();
        }
    }

    final void release(long epoch) {
        lock();
        try {
            letOut(ledger.release(epoch));
        } finally {
            unlock();
        }
    }

    final void restore(DeviceSnapshot snapshot) throws IOException {
        lock();
        try {
            lifecycle.restore(snapshot);
        } finally {
            unlock();
        }
    }

    final int heldOutputs() {
        lock();
        try {
            return held();
        } finally {
            unlock();
        }
    }

    final DeviceStatus status() {
        lock();
        try {
            if (!isInOrder()) {
                return status("broken: " + broken);
            }
            return status(connected ? "serving" : "waiting for the hypervisor");
        } finally {
            unlock();
        }
    }
}
