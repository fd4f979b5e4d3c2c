package org.kemari.eventtap.internal;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.kemari.api.tap.DeviceKind;
import org.kemari.api.tap.DeviceSnapshot;
import org.kemari.api.tap.DeviceStatus;
import org.kemari.api.tap.InFlight;
import org.kemari.api.tap.MemoryRegion;
import org.kemari.linux.EventFd;
import org.kemari.virtio.ring.GuestMemory;
import org.kemari.virtio.ring.RingException;
import org.kemari.virtio.ring.RingLayout;
import org.kemari.virtio.ring.Virtqueue;
import org.kemari.virtio.vhostuser.InflightRegion;
import org.kemari.virtio.vhostuser.VhostUserException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A device behind its rings: their life cycle, and holding, checkpoints and takeover as far as all kinds of devices have
 * them in common.
 *
 * <p>One lock guards everything here and in the subclasses. It is never held while something may block: not during disk
 * I/O, not while a listener is called. Three kinds of threads meet under it: the thread of the vhost-user connection,
 * which starts and stops rings and for which the hypervisor waits; the worker that looks after the rings; the domain's
 * conductor, which holds and releases. Block devices have threads for disk I/O besides.
 */
abstract class TappedDevice implements AutoCloseable {
    /** How long the pause of a checkpoint waits for transfers to or from guest memory that have begun. */
    private static final long PAUSE_QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** How long a reset waits for what is being executed; the hypervisor's own devices would wait for ever. */
    private static final long RESET_QUIET_NANOS = TimeUnit.SECONDS.toNanos(30);

    protected final Logger log = LoggerFactory.getLogger(getClass());
    protected final String id;
    protected final DeviceKind kind;
    protected final Ring[] rings;
    protected final EpochLedger ledger = new EpochLedger();
    protected final HoldStats holdStats = new HoldStats();
    protected final Checkpointing checkpoint = new Checkpointing();
    protected final RingWorker worker;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final DeviceEvents events;

    protected long features;
    protected boolean holding;
    protected boolean frozen;
    protected long lastSequence;
    protected long incarnation = 1;
    protected Optional<InflightRegion> inflight = Optional.empty();

    private Optional<MemoryTable> memory = Optional.empty();
    private Optional<MemoryTable> retired = Optional.empty();
    private Optional<DeviceSnapshot> restoring = Optional.empty();
    private long incarnationBase;
    private boolean newInflight;
    private long pausedFeatures;
    private boolean connected;
    private String broken = "";
    private boolean notified;
    private boolean tellHeld;
    private String tellBroken = "";

    protected TappedDevice(String id, DeviceKind kind, int rings, DeviceEvents events) throws IOException {
        this.id = id;
        this.kind = kind;
        this.events = events;
        this.rings = new Ring[rings];
        for (int i = 0; i < rings; i++) {
            this.rings[i] = new Ring(i);
        }
        worker = new RingWorker(this);
    }

    // ---- what a kind of device has to say and do; called with the lock held unless it says otherwise ----

    /** Virtio features that it offers. */
    abstract long offeredFeatures();

    /** Features of the vhost-user protocol that it offers. */
    abstract long offeredProtocolFeatures();

    /** The driver has accepted features. */
    void featuresAccepted() throws IOException {}

    /** Number of queues, as the protocol counts them. */
    int queueNumber() {
        return rings.length;
    }

    /** Tells the network where the guest is; without the lock. */
    void announce() {}

    /** Configuration space; empty if the hypervisor has it. */
    abstract byte[] configurationSpace();

    /** Serves all rings a bounded while; without the lock, on the worker's thread. Returns whether there is more to do. */
    abstract boolean serve() throws IOException;

    /** Takes everything available from a ring that a checkpoint stops. */
    abstract void takeAll(Ring ring) throws RingException;

    /** Whether nothing is working on guest memory. */
    abstract boolean isQuiet();

    /** Whether nothing of this ring that has been let out is left. */
    abstract boolean isDrained(Ring ring);

    /** What is in flight in a ring, in order. */
    abstract List<InFlight> inFlight(Ring ring);

    /** Takes again what a former incarnation had taken from this ring and not completed. */
    abstract void resubmit(Ring ring, int head) throws RingException;

    /** Completes what was done while the ring stood still. */
    abstract void resumed(Ring ring);

    /** Forgets everything in flight without completing it. */
    abstract void dropInFlight();

    abstract boolean hasInFlight();

    /** Lets out held outputs up to this sequence number. */
    abstract void letOut(long sequence);

    /** Whether outputs that have been let out are not done. */
    abstract boolean hasOutputsUnderWay();

    /** Whether outputs after this sequence number are held. */
    abstract boolean hasHeldAfter(long sequence);

    abstract int held();

    /** A snapshot of this incarnation has been taken. */
    void snapshotTaken(long snapshotIncarnation) {}

    /** Whether there may be something in flight, so that at takeover the rings must be those of the snapshot. */
    abstract boolean isRestoredStrictly();

    // ---- threads ----

    /** Begins to look after the rings. */
    void start() {
        worker.start();
    }

    /** Ends it. The connection has ended before. */
    @Override
    public void close() {
        worker.close();
    }

    /** The driver says that there is something in a ring; without the lock, on the worker's thread. */
    final void kicked(int index) throws IOException {
        lock();
        try {
            if (rings[index].kick.isPresent()) {
                rings[index].kick.get().drain();
            }
        } finally {
            unlock();
        }
    }

    /** Puts the device out of order; without the lock. */
    final void fail(String reason) {
        lock();
        try {
            breakDown(reason);
        } finally {
            unlock();
        }
    }

    // ---- the lock ----

    protected final Condition newCondition() {
        return lock.newCondition();
    }

    protected final void lock() {
        lock.lock();
    }

    /** Unlocks, and then tells the domain what there is to tell. */
    protected final void unlock() {
        boolean outermost = lock.getHoldCount() == 1;
        boolean outputHeld = outermost && tellHeld;
        String reason = outermost ? tellBroken : "";
        if (outermost) {
            tellHeld = false;
            tellBroken = "";
        }
        lock.unlock();
        if (outputHeld) {
            events.outputHeld();
        }
        if (!reason.isEmpty()) {
            events.broken(id, reason);
        }
    }

    /** Something was completed, for which somebody may be waiting. */
    protected final void signalChange() {
        changed.signalAll();
    }

    private boolean await(java.util.function.BooleanSupplier condition, long nanos) {
        boolean interrupted = false;
        long left = nanos;
        while (!condition.getAsBoolean() && left > 0) {
            try {
                left = changed.awaitNanos(left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return condition.getAsBoolean();
    }

    // ---- the front end ----

    final void connected() {
        lock();
        connected = true;
        unlock();
    }

    final void setFeatures(long accepted) throws IOException {
        lock();
        try {
            long unknown = accepted & ~(offeredFeatures() | ProtocolSession.GENERAL_FEATURES);
            if (unknown != 0) {
                throw new VhostUserException("features 0x%x were accepted but not offered".formatted(unknown));
            }
            features = accepted & ~ProtocolSession.GENERAL_FEATURES;
            featuresAccepted();
        } finally {
            unlock();
        }
    }

    final Optional<MemoryTable> memoryTable() {
        lock();
        try {
            return memory;
        } finally {
            unlock();
        }
    }

    /** Replaces the memory; requests in flight go on with the old mapping of the same bytes. */
    final void setMemory(MemoryTable table) {
        lock();
        try {
            if (memory.isPresent() && memory.get() == table) {
                return;
            }
            MemoryTable old = memory.orElse(null);
            memory = Optional.of(table);
            for (Ring ring : rings) {
                if (ring.isStarted() && ring.state != Ring.State.PAUSED) {
                    RingLayout layout = ring.queue.layout();
                    ring.queue = new Virtqueue(table.guest(), layout, features, ring.queue.availIndex());
                }
            }
            if (old != null) {
                retire(old);
            }
        } catch (RingException e) {
            breakDown("new memory layout: " + e.getMessage());
        } finally {
            unlock();
        }
    }

    private void retire(MemoryTable old) {
        retired.ifPresent(MemoryTable::close);
        retired = Optional.empty();
        if (hasInFlight()) {
            retired = Optional.of(old);
        } else {
            old.close();
        }
    }

    protected final GuestMemory guest() {
        return memory.orElseThrow().guest();
    }

    final Ring ring(int index) throws VhostUserException {
        if (index < 0 || index >= rings.length) {
            throw new VhostUserException("ring " + index + " of " + rings.length);
        }
        return rings[index];
    }

    /** The front end asks for new memory for what is in flight: it knows of no former life of the device. */
    final void inflightRequested() {
        lock();
        newInflight = true;
        unlock();
    }

    final Optional<InflightRegion> inflight() {
        lock();
        try {
            return inflight;
        } finally {
            unlock();
        }
    }

    /** Takes the region over. */
    final void setInflight(InflightRegion region) {
        lock();
        try {
            inflight.ifPresent(InflightRegion::close);
            inflight = Optional.of(region);
        } finally {
            unlock();
        }
    }

    final void configure(int index, java.util.function.Consumer<Ring> change) throws VhostUserException {
        lock();
        try {
            change.accept(ring(index));
        } finally {
            unlock();
        }
    }

    final void enable(int index, boolean enabled) throws VhostUserException {
        configure(index, ring -> {
            ring.enabled = enabled;
            ring.wasServed |= ring.isServed();
        });
        worker.wakeup();
    }

    /** A front end without protocol features never enables anything. */
    final void enableAll() throws VhostUserException {
        for (Ring ring : rings) {
            enable(ring.index, true);
        }
    }

    /** The driver may have missed a signal while it had no descriptor for it. */
    final void setCall(int index, Optional<EventFd> call) throws VhostUserException {
        configure(index, ring -> {
            ring.call.ifPresent(EventFd::close);
            ring.call = call;
            if (ring.state == Ring.State.RUNNING) {
                signalDriver(ring);
            }
        });
    }

    /** Starts a ring, or gives a started one another descriptor. */
    final void startRing(int index, Optional<EventFd> kick) throws IOException {
        lock();
        try {
            Ring ring = ring(index);
            worker.watch(ring, kick);
            if (ring.state != Ring.State.RUNNING && ring.state != Ring.State.RESTORING) {
                begin(ring);
            }
        } catch (RingException e) {
            breakDown("ring " + index + " cannot start: " + e.getMessage());
        } finally {
            unlock();
        }
        worker.wakeup();
    }

    private void begin(Ring ring) throws RingException, VhostUserException {
        if (memory.isEmpty() || !ring.addressed || ring.size == 0) {
            throw new VhostUserException("ring " + ring.index + " is started without memory, size or addresses");
        }
        GuestMemory guest = guest();
        RingLayout layout = new RingLayout(
                ring.size,
                guest.guestAddressOf(ring.descriptorAddress),
                guest.guestAddressOf(ring.availAddress),
                guest.guestAddressOf(ring.usedAddress));
        if (ring.state == Ring.State.PAUSED) {
            if (goesOn(ring, layout)) {
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

    private boolean goesOn(Ring ring, RingLayout layout) {
        return !newInflight
                && ring.base == ring.pausedAt.availIndex()
                && layout.equals(ring.queue.layout())
                && features == pausedFeatures;
    }

    private void goOn(Ring ring, RingLayout layout) throws RingException {
        ring.queue = new Virtqueue(guest(), layout, features, ring.base);
        run(ring);
        checkpoint.resumed();
        frozen = anyPaused();
        resumed(ring);
        signalDriver(ring);
    }

    private void run(Ring ring) {
        ring.state = Ring.State.RUNNING;
        ring.wasServed = ring.isServed();
    }

    private void beginFresh(Ring ring, RingLayout layout) throws RingException, VhostUserException {
        ring.queue = new Virtqueue(guest(), layout, features, ring.base);
        List<Integer> heads = List.of();
        if (inflight.isPresent()) {
            heads = inflightOf(ring).recover(ring.queue.usedIndex());
        }
        run(ring);
        if (!heads.isEmpty()) {
            log.info("{}: ring {} takes up {} requests that were in flight", id, ring.index, heads.size());
            ring.queue.position(ring.queue.usedIndex() + heads.size());
            for (int head : heads) {
                resubmit(ring, head);
            }
        }
        signalDriver(ring);
    }

    private org.kemari.virtio.vhostuser.InflightQueue inflightOf(Ring ring) throws VhostUserException {
        InflightRegion region = inflight.orElseThrow();
        if (ring.index >= region.queues() || region.queue(ring.index).size() < ring.size) {
            throw new VhostUserException("in-flight memory has no room for ring " + ring.index + " of " + ring.size);
        }
        return region.queue(ring.index);
    }

    // ---- takeover ----

    final void restore(DeviceSnapshot snapshot) throws IOException {
        lock();
        try {
            for (Ring ring : rings) {
                if (ring.isStarted()) {
                    throw new IOException(id + " is already being used by the guest: too late to restore it");
                }
            }
            if (snapshot.rings().stream().anyMatch(r -> r.index() >= rings.length)) {
                throw new IOException(id + " has " + rings.length + " rings, the checkpoint more");
            }
            boolean pointless = snapshot.rings().isEmpty() || !isRestoredStrictly();
            restoring = pointless ? Optional.empty() : Optional.of(snapshot);
        } finally {
            unlock();
        }
    }

    private void beginRestored(Ring ring, RingLayout layout, DeviceSnapshot snapshot)
            throws RingException, VhostUserException {
        Optional<String> fault = Restoration.check(snapshot, ring, layout, features);
        if (fault.isPresent()) {
            restoring = Optional.empty();
            throw new RingException("the hypervisor's device state is not that of the checkpoint: " + fault.get());
        }
        ring.queue = new Virtqueue(guest(), layout, features, ring.base);
        ring.state = Ring.State.RESTORING;
        if (snapshot.rings().stream().allMatch(r -> rings[r.index()].state == Ring.State.RESTORING)) {
            restoring = Optional.empty();
            executeRestored(snapshot);
        }
    }

    private void executeRestored(DeviceSnapshot snapshot) throws RingException, VhostUserException {
        incarnation = Math.max(incarnation, snapshot.incarnation() + 1);
        for (Ring ring : rings) {
            if (ring.state == Ring.State.RESTORING) {
                if (inflight.isPresent()) {
                    inflightOf(ring).reset(ring.queue.usedIndex());
                }
                run(ring);
            }
        }
        List<Restoration.Pending> pending = Restoration.inOrder(snapshot);
        for (Restoration.Pending p : pending) {
            resubmit(rings[p.ring()], p.head());
        }
        log.info("{}: taken over with {} requests in flight", id, pending.size());
        for (Ring ring : rings) {
            if (ring.state == Ring.State.RUNNING) {
                signalDriver(ring);
            }
        }
    }

    // ---- stopping ----

    /** Stops a ring and says where: a checkpoint's pause if one is announced, otherwise for good. */
    final int stopRing(int index) throws VhostUserException {
        lock();
        try {
            Ring ring = ring(index);
            if (ring.state == Ring.State.PAUSED || !ring.isStarted()) {
                return ring.base;
            }
            newInflight = false;
            if (checkpoint.isAnnounced() || anyPaused()) {
                pause(ring);
            } else {
                stop(ring);
            }
            return ring.base;
        } finally {
            unlock();
        }
    }

    private void pause(Ring ring) {
        if (ring.wasServed && broken.isEmpty()) {
            try {
                takeAll(ring);
            } catch (RingException e) {
                breakDown("ring " + ring.index + ": " + e.getMessage());
            }
        }
        frozen = true;
        ring.state = Ring.State.STOPPING;
        // If this is a reset after all, the guest will use its memory for something else: nothing may be working on it.
        if (!await(this::isQuiet, PAUSE_QUIET_NANOS)) {
            log.debug("{}: the disk is still busy in the pause", id);
        }
        ring.state = Ring.State.PAUSED;
        worker.unwatch(ring);
        ring.base = ring.queue.availIndex();
        ring.pausedAt = ring.snapshot(inFlight(ring));
        pausedFeatures = features;
        checkpoint.paused(ring.pausedAt, guest().layout(), lastSequence, features, incarnation);
    }

    private boolean anyPaused() {
        for (Ring ring : rings) {
            if (ring.state == Ring.State.PAUSED) {
                return true;
            }
        }
        return false;
    }

    private void stop(Ring ring) {
        restoring = Optional.empty();
        ring.state = Ring.State.STOPPING;
        worker.unwatch(ring);
        if (!await(() -> isDrained(ring), RESET_QUIET_NANOS)) {
            log.warn("{}: the disk has been busy for too long; its requests are given up", id);
        }
        if (!inFlight(ring).isEmpty() || holding || !broken.isEmpty()) {
            forgetAll();
        }
        stopped(ring);
        newIncarnation();
    }

    private void stopped(Ring ring) {
        if (ring.isStarted()) {
            if (ring.state != Ring.State.PAUSED) {
                ring.base = ring.queue.availIndex();
            }
            ring.state = Ring.State.STOPPED;
        }
    }

    /** The guest has reset the device, and all its rings with it. */
    private void forgetAll() {
        for (Ring ring : rings) {
            stopped(ring);
        }
        dropInFlight();
        broken = "";
    }

    private void newIncarnation() {
        incarnation++;
        incarnationBase = lastSequence;
    }

    private void pauseWasReset() {
        checkpoint.reset(lastSequence);
        forgetAll();
        newIncarnation();
        frozen = false;
    }

    /** The connection is lost. What has begun is finished; the rest is left to the next connection, or dropped. */
    final void disconnected() {
        lock();
        try {
            connected = false;
            frozen = true;
            for (Ring ring : rings) {
                if (ring.state == Ring.State.RUNNING) {
                    ring.state = Ring.State.STOPPING;
                }
                worker.unwatch(ring);
            }
            boolean started = java.util.Arrays.stream(rings).anyMatch(Ring::isStarted);
            boolean quiet = await(this::isQuiet, RESET_QUIET_NANOS);
            for (Ring ring : rings) {
                ring.disconnect();
            }
            dropInFlight();
            broken = "";
            if (started) {
                newIncarnation();
                checkpoint.disconnected();
            }
            frozen = false;
            features = 0;
            releaseConnection(quiet);
        } finally {
            unlock();
        }
    }

    private void releaseConnection(boolean quiet) {
        if (quiet) {
            retired.ifPresent(MemoryTable::close);
            memory.ifPresent(MemoryTable::close);
            inflight.ifPresent(InflightRegion::close);
        } else {
            log.warn("{}: the disk has been busy for too long; guest memory stays mapped", id);
        }
        retired = Optional.empty();
        memory = Optional.empty();
        inflight = Optional.empty();
    }

    /** The device is out of order until it is reset. Its front end is still answered. */
    protected final void breakDown(String reason) {
        if (!broken.isEmpty()) {
            return;
        }
        broken = reason;
        tellBroken = reason;
        log.warn("{} is out of order: {}", id, reason);
        for (Ring ring : rings) {
            ring.signalError(log);
        }
    }

    /** Reports without taking the device out of order. */
    protected final void complain(String reason) {
        tellBroken = reason;
    }

    protected final boolean isServed(Ring ring) {
        return broken.isEmpty() && ring.isServed();
    }

    /** Asks the driver whether it wants a signal, and sends it. */
    protected final void signalIfWanted(Ring ring) {
        if (ring.published) {
            ring.published = false;
            if (ring.queue.shouldNotify()) {
                signalDriver(ring);
            }
        }
    }

    private void signalDriver(Ring ring) {
        ring.signalDriver(log);
    }

    protected final long nextSequence() {
        return ++lastSequence;
    }

    /** The number under which the outside knows a request. */
    protected final long outsideSequence(long sequence) {
        return sequence - incarnationBase;
    }

    /** Whether the standby has, or is going to have, a checkpoint in which this request is pending. */
    protected final boolean isShipped(long sequence) {
        return ledger.isClosed(sequence) || checkpoint.ships(sequence);
    }

    /** An output is held: tells the domain, once, unless the announced checkpoint will contain it. */
    protected final void noteHeld() {
        if (!checkpoint.isAnnounced() && !notified) {
            notified = true;
            tellHeld = true;
        }
    }

    /** Call when the last request in flight is gone. */
    protected final void nothingInFlight() {
        retired.ifPresent(MemoryTable::close);
        retired = Optional.empty();
    }

    // ---- the conductor ----

    final void beginHold() {
        lock();
        holding = true;
        unlock();
    }

    /** Waits until nothing that was let out before {@link #beginHold} is being executed. */
    final void awaitHold(long nanos) throws IOException {
        lock();
        try {
            if (!await(() -> !hasOutputsUnderWay(), nanos)) {
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
            ledger.releaseAll(lastSequence);
            letOut(lastSequence);
        } finally {
            unlock();
        }
    }

    final void prepare(long epoch) {
        lock();
        try {
            checkpoint.prepare(epoch, lastSequence);
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
            if (anyPaused()) {
                pauseWasReset();
            }
            DeviceSnapshot snapshot = checkpoint.snapshot(id, kind, incarnation);
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
            String state =
                    !broken.isEmpty() ? "broken: " + broken : connected ? "serving" : "waiting for the hypervisor";
            return status(connected, state);
        } finally {
            unlock();
        }
    }

    abstract DeviceStatus status(boolean isConnected, String state);
}
