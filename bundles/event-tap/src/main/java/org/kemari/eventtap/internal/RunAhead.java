package org.kemari.eventtap.internal;

import java.io.IOException;
import java.util.Optional;
import org.kemari.api.tap.WrittenAhead;
import org.kemari.linux.IoVectors;

/**
 * Whether a mirrored disk runs ahead of the checkpoints, and what has ({@link org.kemari.api.tap.DomainTap#runAhead}).
 * Guarded by the device's lock, but for what says otherwise.
 */
final class RunAhead implements AutoCloseable {
    /** Bound of what may have run ahead and not be on its way; touched only as far as it is needed. */
    private static final long JOURNAL_BYTES = 16 << 20;

    private final BlockDevice device;
    private final Disk disk;
    private final Repairs repairs;
    /** Made when it is first needed. */
    private WriteJournal journal;
    /** Of the session's change log; empty if there is none, so that the copies will be compared in any case. */
    private Optional<RegionKeeper> regions = Optional.empty();

    private boolean on;

    RunAhead(BlockDevice device, Disk disk, Repairs repairs) {
        this.device = device;
        this.disk = disk;
        this.repairs = repairs;
    }

    /**
     * Whether a request need not be held; then there is room kept for it. Not while there is something to be repaired: a
     * repair sends what the disk holds when it is sent, which must not be ahead of the checkpoint.
     */
    boolean admits(BlockTask task) {
        return on && !repairs.areWanted() && (regions.isEmpty() || regions.get().admits(task)) && journal.reserve(task);
    }

    /** Whether what is held is looked at again, without a checkpoint, as soon as the change log names its place. */
    boolean willLookAgain() {
        return on && regions.isPresent() && regions.get().isBusy();
    }

    boolean isOn() {
        return on;
    }

    /** So much has run ahead that it should go soon. */
    boolean wantsCheckpoint() {
        return on && journal.isWorthACheckpoint();
    }

    /** A request begins to be executed; {@code shipped}: a checkpoint carries it. */
    void begins(BlockTask task, boolean shipped) {
        if (task.ahead && on && !shipped) {
            journal.enter(task);
        } else if (task.ahead) {
            journal.giveBack(task);
        }
    }

    /** A request will not be executed. */
    void dropped(BlockTask task) {
        if (task.ahead) {
            journal.giveBack(task);
        }
    }

    void executed(BlockTask task) {
        if (task.entry >= 0) {
            journal.executed(task);
        }
    }

    /** Carries a request out, noting its payload first if it runs ahead. Without the lock. */
    void carryOut(BlockTask task, IoVectors vectors) throws IOException {
        if (task.entry < 0) {
            disk.io().execute(task.request, vectors);
            return;
        }
        journal.copy(task);
        vectors.clear();
        journal.addTo(vectors, task);
        disk.io().write(task.request.offset(), vectors);
    }

    void checkpointBegins() {
        if (on) {
            regions.ifPresent(RegionKeeper::checkpointBegins);
        }
    }

    /** What has begun belongs to the checkpoint that is being taken. */
    void cut() {
        if (on) {
            journal.cut();
        }
    }

    /** Gets ready, durably. By the conductor, without the lock; {@code false} if this disk never runs ahead. */
    boolean prepare(String standby) throws IOException {
        if (!disk.mirrored() || disk.file().isReadOnly()) {
            return false;
        }
        endLogging();
        regions = disk.changes().runAhead(standby).map(found -> new RegionKeeper(device, found));
        if (journal == null) {
            journal = new WriteJournal(device.domain, disk.id(), JOURNAL_BYTES);
        }
        return true;
    }

    /** What ran ahead in an earlier session has been executed, and is forgotten. */
    void start() {
        journal.clear();
        on = true;
    }

    void stop() {
        on = false;
    }

    /** The change log is not used any more. By the conductor, without the lock, while nothing runs ahead. */
    void endLogging() {
        regions.ifPresent(RegionKeeper::close);
        regions = Optional.empty();
    }

    /** What ran ahead before the last cut. By the conductor, who closes it before the next one. */
    Optional<WrittenAhead> take(long nanos) throws IOException {
        if (!on) {
            return Optional.empty();
        }
        long end = journal.end();
        // whoever has begun to write copies first: not worth waiting for in another way
        for (long begin = System.nanoTime(); !journal.isCopied(end); Thread.onSpinWait()) {
            if (System.nanoTime() - begin > nanos) {
                throw new IOException(disk.id() + ": what was written ahead of the checkpoint is not copied in time");
            }
        }
        return Optional.of(new Part(end));
    }

    /** A part of the journal, up to a cut. */
    private final class Part implements WrittenAhead {
        private final long end;

        Part(long end) {
            this.end = end;
        }

        @Override
        public void forEach(Visitor visitor) throws IOException {
            journal.forEach(end, visitor);
        }

        @Override
        public void close() {
            device.withLock(() -> journal.free(end));
        }
    }

    /** Call when nothing is executed any more. */
    @Override
    public void close() {
        endLogging();
        if (journal != null) {
            journal.close();
        }
    }
}
