package org.kemari.eventtap.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.kemari.api.tap.DeviceKind;
import org.kemari.api.tap.DeviceStatus;
import org.kemari.api.tap.DiskExtent;
import org.kemari.api.tap.InFlight;
import org.kemari.api.tap.WrittenAhead;
import org.kemari.linux.ChangeLog;
import org.kemari.linux.IoVectors;
import org.kemari.virtio.block.BlockConfig;
import org.kemari.virtio.block.BlockStatus;
import org.kemari.virtio.ring.DescriptorChain;
import org.kemari.virtio.ring.RingException;
import org.kemari.virtio.ring.RingFeatures;
import org.kemari.virtio.vhostuser.VhostUserFeatures;

/**
 * A disk. Requests are taken from the rings in order and completed as they are done; what overlaps stays in order
 * ({@link WriteOrder}). The worker executes by itself what the page cache can answer at once; the rest is left to the
 * threads of {@link DiskThreads}.
 */
final class BlockDevice extends TappedDevice {
    /** Requests taken from a ring before the next ring has its turn. */
    private static final int BATCH = 64;

    private final BlockConfig config;
    private final Disk disk;
    private final DiskThreads threads;
    private final DescriptorChain chain = new DescriptorChain();
    private final TaskPool pool = new TaskPool();
    private final RequestFlow flow = new RequestFlow();
    private final BlockCounters counters = new BlockCounters();
    private final BlockCompletions completions = new BlockCompletions(guest, pool, counters);
    private final DiskFailures failures = new DiskFailures();
    private final Repairs repairs;
    private final RunAhead ahead;
    private final DiskExecution execution;
    private int firstRing;
    private boolean gateClosed;

    BlockDevice(Disk disk, int queues, int ioThreads, DeviceEvents events) throws IOException {
        super(disk.id(), DeviceKind.BLOCK, queues, events);
        this.disk = disk;
        this.config = disk.config(queues);
        this.repairs = new Repairs(disk.id());
        this.ahead = new RunAhead(this, disk, repairs);
        this.threads = new DiskThreads(this, ioThreads);
        this.execution = new DiskExecution(this, disk, flow, failures);
    }

    @Override
    void start() {
        super.start();
        threads.start();
    }

    @Override
    long offeredFeatures() {
        return config.features() | RingFeatures.INDIRECT_DESC | RingFeatures.EVENT_IDX | RingFeatures.VERSION_1;
    }

    /**
     * Not REPLY_ACK, here as on the network: QEMU would wait for our answer to the memory table whenever the guest goes on,
     * which is at the end of each pause. A table that cannot be used ends the connection in any case.
     */
    @Override
    long offeredProtocolFeatures() {
        return VhostUserFeatures.MULTI_QUEUE | VhostUserFeatures.CONFIG | VhostUserFeatures.INFLIGHT;
    }

    @Override
    byte[] configurationSpace() {
        return config.space();
    }

    // ---- taking requests ----

    @Override
    boolean serve() {
        boolean more = false;
        lock();
        try {
            firstRing = (firstRing + 1) % rings.length;
            for (int i = 0; i < rings.length; i++) {
                Ring ring = rings[(firstRing + i) % rings.length];
                if (isServed(ring)) {
                    more |= takeSome(ring);
                }
            }
        } finally {
            unlock();
        }
        return executeInline() || more;
    }

    private boolean takeSome(Ring ring) {
        try {
            ring.queue.disableNotifications();
            return take(ring, BATCH) == BATCH || ring.queue.enableNotifications();
        } catch (RingException e) {
            breakDown("ring " + ring.index + ": " + e.getMessage());
            return false;
        }
    }

    private int take(Ring ring, int most) throws RingException {
        int taken = 0;
        while (taken < most && ring.queue.pop(chain)) {
            try {
                enter(ring);
            } catch (RingException e) {
                ring.queue.position(ring.queue.availIndex() - 1);
                throw e;
            }
            taken++;
        }
        return taken;
    }

    @Override
    void takeAll(Ring ring) throws RingException {
        take(ring, ring.queue.size());
    }

    @Override
    void resubmit(Ring ring, int head) throws RingException {
        ring.queue.load(head, chain);
        enter(ring);
    }

    /** Takes charge of the request in {@link #chain}. */
    private void enter(Ring ring) throws RingException {
        BlockTask task = pool.take();
        try {
            task.request.parse(guestMemory(), chain, config);
        } catch (RingException e) {
            pool.give(task);
            throw e;
        }
        task.ring = ring;
        task.sequence = numbering.next();
        task.takenNanos = System.nanoTime();
        if (task.changesDisk()) {
            disk.changes().mark(task.request);
        }
        completions.taken(task);
        if (task.request.verdict() != BlockStatus.OK) {
            log.debug("{}: a request is refused: {}", id, task.request.fault());
            completions.done(task, task.request.verdict());
            return;
        }
        boolean hold = holding && task.isOutput() && !ahead.admits(task);
        flow.enter(task, hold);
        if ((hold && !ahead.willLookAgain()) || ahead.wantsCheckpoint()) {
            noteHeld();
        }
    }

    @Override
    void letOut(long sequence) {
        long now = System.nanoTime();
        flow.letOut(sequence, task -> holdStats.record(now - task.takenNanos));
        threads.wake(flow.runnable());
    }

    // ---- executing ----

    /** The next request for a thread that may block; {@code null} if there is none. With the lock held. */
    BlockTask next() {
        return isStopped() || flow.peek() == null ? null : begin();
    }

    /** Begins to execute the next request. With the lock held. */
    BlockTask begin() {
        BlockTask task = flow.begin();
        ahead.begins(task, isShipped(task.sequence));
        return task;
    }

    private boolean executeInline() {
        lock();
        try {
            boolean more = execution.runInline();
            signalAll();
            threads.wake(flow.runnable());
            return more;
        } finally {
            unlock();
        }
    }

    /** Does what a request asks for. Without the lock. */
    void carryOut(BlockTask task, IoVectors vectors) throws IOException {
        ahead.carryOut(task, vectors);
    }

    /** Carries a request out. Without the lock. */
    BlockStatus execute(BlockTask task, IoVectors vectors) {
        return execution.execute(task, vectors);
    }

    /** With the lock held, by a thread of {@link DiskThreads}. */
    void ended(BlockTask task, BlockStatus status) {
        try {
            finished(task, status);
            signalAll();
            threads.wake(flow.runnable() - 1);
        } catch (RuntimeException e) {
            log.error("{}: a request cannot be completed", id, e);
            breakDown("internal fault: " + e);
        }
    }

    /** With the lock held. */
    void finished(BlockTask task, BlockStatus status) {
        ahead.executed(task);
        if (task.toBeKept && failures.isKeeping() && task.state == BlockTask.State.EXECUTING) {
            flow.keep(task);
            signalChange();
            return;
        }
        flow.end(task);
        if (status == BlockStatus.OK && task.request.extents() > 0) {
            failures.succeeded();
        }
        if (task.state == BlockTask.State.ABANDONED) {
            pool.give(task);
        } else {
            completions.done(task, status);
            if (!hasInFlight()) {
                guest.unused();
            }
        }
        signalChange();
    }

    void keepFailed(boolean on) {
        lock();
        try {
            failures.keep(on);
            for (BlockTask task = on ? null : flow.takeKept(); task != null; task = flow.takeKept()) {
                finished(task, BlockStatus.IO_ERROR);
            }
            signalAll();
            threads.wake(flow.runnable());
        } finally {
            unlock();
        }
    }

    private void signalAll() {
        for (Ring ring : rings) {
            if (ring.takesCompletions()) {
                signalIfWanted(ring);
            }
        }
    }

    @Override
    void resumed(Ring ring) {
        completions.resumed(ring);
        threads.wake(flow.runnable());
    }

    // ---- what is in flight ----

    @Override
    boolean isQuiet() {
        return !flow.isMoving();
    }

    @Override
    boolean isDrained(Ring ring) {
        return BlockCompletions.isDrained(ring);
    }

    @Override
    List<InFlight> inFlight(Ring ring) {
        return BlockCompletions.list(ring, task -> numbering.outside(task.sequence));
    }

    @Override
    boolean hasInFlight() {
        return completions.inFlight() > 0 || flow.isExecuting();
    }

    @Override
    void dropInFlight() {
        for (Ring ring : rings) {
            for (BlockTask task = completions.forget(ring); task != null; task = completions.forget(ring)) {
                drop(task);
            }
        }
        signalChange();
    }

    private void drop(BlockTask task) {
        boolean pending = task.state != BlockTask.State.DONE && task.state != BlockTask.State.EXECUTING;
        if (pending && task.changesDisk() && disk.mirrored() && isShipped(task.sequence)) {
            for (int i = 0; i < task.request.extents(); i++) {
                repairs.add(task.request.extentOffset(i), task.request.extentLength(i), numbering.incarnation());
            }
        }
        if (pending) {
            ahead.dropped(task);
        }
        if (flow.drop(task)) {
            pool.give(task);
        }
    }

    @Override
    boolean hasOutputsUnderWay() {
        return flow.hasOutputsUnderWay();
    }

    @Override
    boolean hasHeldAfter(long sequence) {
        return flow.hasHeldAfter(sequence);
    }

    @Override
    int held() {
        return flow.held();
    }

    @Override
    boolean canHaveInFlight() {
        return true;
    }

    @Override
    void snapshotTaken(long snapshotIncarnation) {
        repairs.snapshotTaken(snapshotIncarnation);
        if (ahead.wantsCheckpoint()) {
            noteHeld();
        }
    }

    // ---- running ahead ----

    @Override
    void holdChanges() {
        ahead.stop();
    }

    @Override
    void checkpointBegins() {
        repairs.sent();
        ahead.checkpointBegins();
    }

    @Override
    void cut() {
        ahead.cut();
    }

    /** By the conductor. All outputs are held, and of those let out before none is under way. */
    void runAhead(String standby) throws IOException {
        if (!ahead.prepare(standby)) {
            return;
        }
        lock();
        try {
            ahead.start();
            admitHeld();
        } finally {
            unlock();
        }
    }

    /** Looks whether anything that is held may run ahead now. With the lock held. */
    void admitHeld() {
        flow.letOutIf(ahead::admits);
        threads.wake(flow.runnable());
        if (flow.held() > 0 && !ahead.willLookAgain()) {
            noteHeld();
        }
    }

    /** What ran ahead before the last cut. By the conductor, who closes it before the next one. */
    Optional<WrittenAhead> takeWrittenAhead(long nanos) throws IOException {
        lock();
        try {
            return ahead.take(nanos);
        } finally {
            unlock();
        }
    }

    void withLock(Runnable work) {
        lock();
        try {
            work.run();
        } finally {
            unlock();
        }
    }

    List<DiskExtent> takeRepairs() {
        lock();
        try {
            return repairs.take();
        } finally {
            unlock();
        }
    }

    void trackWrites(boolean on) {
        disk.marks().track(on);
    }

    DiskChanges changes() {
        return disk.changes();
    }

    /** Nothing is executed until {@link #openGate}. */
    void closeGate() {
        lock();
        gateClosed = true;
        unlock();
    }

    void openGate() {
        lock();
        gateClosed = false;
        threads.wake(flow.runnable());
        unlock();
    }

    /** With the lock held. */
    boolean isStopped() {
        return frozen || gateClosed;
    }

    /** Begins a change log: outputs are held, so what is pending is all that the two copies may differ in. */
    void logChanges(String peer, long session) throws IOException {
        ahead.endLogging();
        disk.file().flush();
        Optional<ChangeLog> fresh = disk.changes().fresh(peer, session);
        if (fresh.isEmpty()) {
            return;
        }
        lock();
        try {
            disk.changes().begin(fresh.get(), rings);
        } finally {
            unlock();
        }
        fresh.get().publish();
        fresh.get().persist();
        lock();
        disk.changes().begun(fresh.get());
        unlock();
    }

    void read(long offset, ByteBuffer target) throws IOException {
        disk.io().read(offset, target);
    }

    @Override
    DeviceStatus status(String state) {
        return counters.status(
                id, connected, state, holding, ahead.isOn(), completions.inFlight(), flow.held(), holdStats.summary());
    }

    @Override
    public void close() {
        super.close();
        threads.close();
        execution.close();
        ahead.close();
        disk.close();
    }
}
