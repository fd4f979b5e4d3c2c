package org.kemari.eventtap.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.kemari.api.domain.DomainPaths;
import org.kemari.linux.ActiveRegions;
import org.kemari.linux.BlockFile;
import org.kemari.linux.ChangeLog;
import org.kemari.linux.ChangeLogs;
import org.kemari.virtio.block.BlockRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The change logs of a disk, as far as the tap keeps them (see {@link ChangeLog} for what they promise). A request is
 * marked when it is taken from its ring: before it can be executed here, and before a checkpoint can carry it to where it
 * is executed as well. Marks, and what takes the place of a log, are guarded by the device's lock; the rest is for the
 * conductor and for {@link DivergenceRecorder}, one after the other.
 */
final class DiskChanges implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DiskChanges.class);

    private final Optional<DomainPaths> paths;
    private final String disk;
    private final BlockFile.Identity copy;
    private ChangeLogs logs;

    /** @param paths empty: nobody else has a copy of this disk */
    DiskChanges(Optional<DomainPaths> paths, String disk, BlockFile.Identity copy) {
        this.paths = paths;
        this.disk = disk;
        this.copy = copy;
        this.logs = ChangeLogs.none(disk);
    }

    /** Opens what there is on this host, to be gone on with. Nobody marks yet. */
    void open() throws IOException {
        if (paths.isPresent()) {
            logs.close();
            logs = ChangeLogs.open(paths.get().stateDirectory(), disk, copy);
            for (Path file : logs.unusable()) {
                LOG.info("{}: {} says nothing any more; the disk will be compared with that host's copy", disk, file);
            }
        }
    }

    /** Whether {@link #diverge} has nothing to do. */
    boolean hasDiverged() {
        return logs.hasDiverged();
    }

    /**
     * Durably, before anything is written that was not committed in a session: this copy goes its own way.
     *
     * @param tookOver whether this host has just taken over
     */
    void diverge(boolean tookOver) throws IOException {
        logs.diverge(tookOver, Optional.empty());
    }

    /**
     * Durably, before anything is written that is not yet committed in the session with a host.
     *
     * @return where that may be; empty if no changes are logged against that host
     */
    Optional<ActiveRegions> runAhead(String standby) throws IOException {
        return logs.runAhead(standby);
    }

    void mark(BlockRequest request) {
        for (int i = 0; i < request.extents(); i++) {
            logs.mark(request.extentOffset(i), request.extentLength(i));
        }
    }

    /** A log that begins now, not yet in its place. The disk has been flushed; empty if the disk needs none. */
    Optional<ChangeLog> fresh(String peer, long session) throws IOException {
        if (paths.isEmpty()) {
            return Optional.empty();
        }
        // for the other hosts, what this session brings is not what was committed in theirs
        logs.diverge(false, Optional.of(peer));
        return Optional.of(ChangeLog.create(paths.get().changeLog(disk, peer), peer, session, true, copy));
    }

    /** From now on a new log is marked, too; what is pending is marked in it. With the device's lock held. */
    void begin(ChangeLog fresh, Ring... rings) {
        for (Ring ring : rings) {
            BlockCompletions.forEachPendingChange(ring, task -> {
                for (int i = 0; i < task.request.extents(); i++) {
                    fresh.mark(task.request.extentOffset(i), task.request.extentLength(i));
                }
            });
        }
        logs.add(fresh);
    }

    /** The new log is in its place: the older one is not marked any more. With the device's lock held. */
    void begun(ChangeLog fresh) {
        logs.replace(fresh);
    }

    /** A write has failed: nobody knows what is on the disk there. */
    void freeze() {
        logs.freeze();
    }

    /** Nobody marks any more. */
    @Override
    public void close() {
        try {
            logs.clean();
        } catch (IOException e) {
            LOG.warn("{}: changes are not noted durably; after a reboot the disk will be compared", disk, e);
        }
        logs.close();
    }
}
