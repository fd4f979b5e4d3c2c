package org.kemari.eventtap.internal;

import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes durably that the disks of a domain go their own way, on a thread of its own: a takeover does not wait for it, and
 * neither do packets. Only the disks do nothing until it is noted. Used by the conductor.
 */
final class DivergenceRecorder {
    private static final Logger LOG = LoggerFactory.getLogger(DivergenceRecorder.class);

    private final String domain;
    private final List<BlockDevice> disks;
    private Thread thread;

    DivergenceRecorder(String domain, List<BlockDevice> disks) {
        this.domain = domain;
        this.disks = disks;
    }

    /**
     * Stops the disks until it is noted. Nothing happens if it has been noted already.
     *
     * @param tookOver whether this host has just taken over
     */
    void begin(boolean tookOver) {
        await();
        boolean needed = false;
        for (BlockDevice disk : disks) {
            needed |= !disk.changes().hasDiverged();
        }
        if (!needed) {
            return;
        }
        for (BlockDevice disk : disks) {
            disk.closeGate();
        }
        thread = new Thread("kemari-log-" + domain) {
            @Override
            public void run() {
                note(tookOver);
            }
        };
        thread.setDaemon(true);
        thread.start();
    }

    private void note(boolean tookOver) {
        for (BlockDevice disk : disks) {
            try {
                disk.changes().diverge(tookOver);
            } catch (IOException | RuntimeException e) {
                // the guest's disk is worth more than what a later copy saves
                LOG.error(
                        "domain {}, disk {}: its change logs cannot be written; remove them before this host is a"
                                + " standby again, if it loses power meanwhile",
                        domain,
                        disk.id,
                        e);
            }
            disk.openGate();
        }
    }

    /** Returns when what was begun is done. */
    void await() {
        if (thread != null) {
            Threads.join(thread);
            thread = null;
        }
    }
}
