package org.kemari.statetransfer.internal.outgoing;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.kemari.api.tap.FrameLog;
import org.kemari.statetransfer.internal.wire.FrameHeader;
import org.kemari.statetransfer.internal.wire.FrameWriter;
import org.kemari.statetransfer.internal.wire.WireMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the standby what the guest receives, between the frames of checkpoints: a frame that comes after a while is sent at
 * once, those that follow at most once in a millisecond. It shares the link, not the conductor's thread; how much it may
 * send in an epoch is bounded by the log.
 */
final class FrameCourier {
    private static final Logger LOG = LoggerFactory.getLogger(FrameCourier.class);
    private static final long GAP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final int OVERHEAD = FrameHeader.BYTES + Integer.BYTES + Long.BYTES;

    private final String domain;
    private final FrameWriter writer;
    private final AtomicLong bytes = new AtomicLong();
    private boolean begun;
    private volatile boolean over;

    FrameCourier(String domain, FrameWriter writer) {
        this.domain = domain;
        this.writer = writer;
    }

    /** The first call begins. */
    synchronized void carry(FrameLog log) {
        if (begun || over) {
            return;
        }
        begun = true;
        Thread thread = new Thread(() -> run(log), "kemari-frames-" + domain);
        thread.setDaemon(true);
        thread.start();
    }

    private void run(FrameLog log) {
        long sent = System.nanoTime() - GAP_NANOS;
        try {
            while (!over) {
                if (!log.await(LOOK)) {
                    continue;
                }
                for (long left = GAP_NANOS; left > 0 && !over; left = sent + GAP_NANOS - System.nanoTime()) {
                    LockSupport.parkNanos(sent + GAP_NANOS - System.nanoTime());
                }
                sent = System.nanoTime();
                if (!over) {
                    log.take(batch -> {
                        bytes.addAndGet(OVERHEAD + batch.data().remaining());
                        writer.write(new WireMessage.Received(batch), 0);
                    });
                }
            }
        } catch (IOException e) {
            // the session ends of it; that is told by whoever reads the answers
            LOG.debug("Domain {}: received frames are no longer logged", domain, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("Domain {}: received frames are no longer logged in this session", domain, e);
        }
    }

    /** What it has sent, and is just sending: this says nothing of how checkpoints get on. */
    long bytes() {
        return bytes.get();
    }

    /** Nothing is sent any more, but for what is on its way; returns at once. */
    void end() {
        over = true;
    }
}
