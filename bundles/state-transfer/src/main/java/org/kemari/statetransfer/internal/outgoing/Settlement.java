package org.kemari.statetransfer.internal.outgoing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.kemari.api.tap.DeviceKind;
import org.kemari.api.tap.DeviceSnapshot;
import org.kemari.api.tap.InFlight;
import org.kemari.api.tap.RingSnapshot;
import org.kemari.api.tap.TapSnapshot;
import org.kemari.linux.ChangeLog;
import org.kemari.statetransfer.internal.wire.FrameWriter;
import org.kemari.statetransfer.internal.wire.WireMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The primary's part in dropping marks of change logs that are not needed any more (see {@link ChangeLog}). Every few
 * seconds, if something was written:
 *
 * <ol>
 *   <li>Before checkpoint <i>e</i> is prepared the marks are set apart: they are of requests taken before its pause.
 *   <li>After it SETTLE <i>e</i> tells the standby to do the same when it has applied <i>e</i>.
 *   <li>A later checkpoint's rings show whether everything that was in flight at <i>e</i> is done here. Then the disks are
 *       flushed, on a thread of its own, and SETTLED <i>e</i> is said.
 *   <li>When the standby has said so, too, the marks are dropped.
 * </ol>
 *
 * <p>A device that was reset meanwhile has dropped requests that the standby executes; the primary's content of these
 * extents goes with that checkpoint, which therefore takes the place of <i>e</i>. The conductor's thread does everything but
 * {@link #settledByStandby}.
 */
final class Settlement {
    private static final Logger LOG = LoggerFactory.getLogger(Settlement.class);

    /** Where a device was at a checkpoint: the highest number in flight. */
    private record Boundary(long incarnation, long sequence) {}

    private final String domain;
    private final long session;
    private final List<DiskSource> disks;
    private final FrameWriter writer;
    private final long intervalNanos;
    private final LongSupplier nanoTime;

    private final Map<String, Boundary> boundaries = new HashMap<>();
    private final List<ChangeLog> apart = new ArrayList<>();
    private long lastNanos;
    /** The checkpoint up to which all is to be settled; 0: none. */
    private long target;

    private boolean done;
    private boolean told;
    private volatile long flushed;
    private volatile long settledThere;
    private volatile boolean failed;

    Settlement(
            String domain,
            long session,
            List<DiskSource> disks,
            FrameWriter writer,
            long intervalNanos,
            LongSupplier nanoTime) {
        this.domain = domain;
        this.session = session;
        this.disks = disks;
        this.writer = writer;
        this.intervalNanos = intervalNanos;
        this.nanoTime = nanoTime;
        this.lastNanos = nanoTime.getAsLong();
    }

    /** A checkpoint is about to be prepared. */
    void beforeCheckpoint(long epoch) {
        if (target != 0 || failed || nanoTime.getAsLong() - lastNanos < intervalNanos) {
            return;
        }
        lastNanos = nanoTime.getAsLong();
        apart.clear();
        for (DiskSource disk : disks) {
            disk.sessionLog(session)
                    .filter(ChangeLog::isInSession)
                    .filter(ChangeLog::swap)
                    .ifPresent(apart::add);
        }
        if (!apart.isEmpty()) {
            target = epoch;
            done = false;
            told = false;
        }
    }

    /** A checkpoint has been sent. */
    void afterCheckpoint(long epoch, TapSnapshot rings) throws IOException {
        if (target == 0 || failed) {
            return;
        }
        if (epoch == target || (!done && wasReset(rings))) {
            target = epoch;
            boundaries.clear();
            for (DeviceSnapshot device : rings.devices()) {
                boundaries.put(device.device(), new Boundary(device.incarnation(), lastInFlight(device)));
            }
            writer.write(new WireMessage.Settle(), epoch);
        }
        if (!done && isDone(rings)) {
            done = true;
            flush(target);
        }
        if (done && flushed == target && !told) {
            told = true;
            writer.write(new WireMessage.Settled(), target);
        }
        if (told && settledThere == target) {
            apart.forEach(ChangeLog::settle);
            LOG.debug("Domain {}: all disks are settled up to epoch {}", domain, target);
            target = 0;
        }
    }

    private boolean wasReset(TapSnapshot rings) {
        for (DeviceSnapshot device : rings.devices()) {
            if (device.kind() == DeviceKind.BLOCK && boundaryOf(device).incarnation() != device.incarnation()) {
                return true;
            }
        }
        return false;
    }

    private Boundary boundaryOf(DeviceSnapshot device) {
        return boundaries.getOrDefault(device.device(), new Boundary(device.incarnation(), 0));
    }

    private static long lastInFlight(DeviceSnapshot device) {
        long last = 0;
        for (RingSnapshot ring : device.rings()) {
            for (InFlight request : ring.inFlight()) {
                last = Math.max(last, request.sequence());
            }
        }
        return last;
    }

    private boolean isDone(TapSnapshot rings) {
        for (DeviceSnapshot device : rings.devices()) {
            long boundary =
                    device.kind() == DeviceKind.BLOCK ? boundaryOf(device).sequence() : 0;
            for (RingSnapshot ring : device.rings()) {
                for (InFlight request : ring.inFlight()) {
                    if (request.sequence() <= boundary) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private void flush(long epoch) {
        Thread thread = new Thread(
                () -> {
                    try {
                        for (DiskSource disk : disks) {
                            disk.flush();
                        }
                        flushed = epoch;
                    } catch (IOException e) {
                        if (!failed) {
                            failed = true;
                            LOG.warn("Domain {}: the mirrored disks are not settled any more", domain, e);
                        }
                    }
                },
                "kemari-settle-" + domain);
        thread.setDaemon(true);
        thread.start();
    }

    /** The standby has settled. The reading thread. An answer that another one has overtaken does not count. */
    void settledByStandby(long epoch) {
        settledThere = Math.max(epoch, settledThere);
    }

    /** The session is over. */
    void end() {
        failed = true;
    }
}
