package org.kemari.statetransfer.internal.incoming;

import java.io.IOException;
import org.kemari.linux.ChangeLog;
import org.kemari.statetransfer.internal.wire.FrameWriter;
import org.kemari.statetransfer.internal.wire.WireMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The standby's part in dropping marks of change logs that are not needed any more: when all checkpoints up to the one that
 * the primary names are applied, their marks are set apart and the disks are flushed; when the primary has done the same,
 * these marks are dropped. On the applying thread, but for the flush.
 */
final class Settling {
    private static final Logger LOG = LoggerFactory.getLogger(Settling.class);

    private final String domain;
    private final Image image;
    private final ApplyQueue queue;
    private final FrameWriter writer;
    private long wanted;
    private long here;
    private long there;

    Settling(String domain, Image image, ApplyQueue queue, FrameWriter writer) {
        this.domain = domain;
        this.image = image;
        this.queue = queue;
        this.writer = writer;
    }

    /** All checkpoints up to this one have been applied. */
    void begin(long epoch) {
        wanted = epoch;
        for (StandbyDisk disk : image.disks()) {
            // marks of an earlier attempt that was never finished stay where they are: they are of earlier epochs
            disk.log().ifPresent(ChangeLog::swap);
        }
        Thread thread = new Thread(() -> flush(epoch), "kemari-settle-" + domain);
        thread.setDaemon(true);
        thread.start();
    }

    private void flush(long epoch) {
        try {
            image.flushDisks();
            writer.write(new WireMessage.Settled(), epoch);
            queue.add(new ApplyQueue.Item.SettledHere(epoch));
        } catch (IOException e) {
            if (queue.isStopped()) {
                LOG.debug("Domain {}: the session ended before its disks were settled", domain, e);
            } else {
                LOG.warn("Domain {}: the mirrored disks are not settled: {}", domain, e.getMessage());
            }
        }
    }

    void settledHere(long epoch) {
        here = Math.max(epoch, here);
        finish();
    }

    void settledThere(long epoch) {
        there = epoch;
        finish();
    }

    private void finish() {
        if (here == wanted && there == wanted) {
            for (StandbyDisk disk : image.disks()) {
                disk.log().ifPresent(ChangeLog::settle);
            }
        }
    }
}
