package org.kemari.statetransfer.internal.outgoing;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.kemari.api.tap.DomainTap;
import org.kemari.linux.DirtyBitmap;
import org.kemari.linux.PageCapture;
import org.kemari.statetransfer.internal.wire.PageRuns;
import org.kemari.statetransfer.internal.wire.WireMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends memory and mirrored disks while the guest runs, until what is left is small. The first round sends the disks (all
 * of them, what differs, or what the change logs name, as agreed upon) and then all memory that the RAM file has space for
 * (the standby's image begins as all zero) or, if the standby still has the image that the guest was resumed from, what has
 * changed since on either side; later rounds send what was written meanwhile. Pages found dirty after the last round stay
 * pending in the capture: the first checkpoint carries them.
 */
final class LiveSync {
    private static final Logger LOG = LoggerFactory.getLogger(LiveSync.class);

    /** What a pause can well copy and send. */
    static final long SMALL_BYTES = 8 << 20;

    /** Rounds in a row that leave not even a tenth less than the best one. */
    private static final int MAX_FRUITLESS_ROUNDS = 3;

    private static final int MAX_ROUNDS = 100;
    private static final String MEMORY_AND_DISKS = "memory and disks";

    private final String domain;
    private final PageCapture capture;
    private final Optional<DirtyBitmap> lacking;
    private final CaptureBuffer buffer;
    private final PageFrames pages;
    private final List<DiskSource> disks;
    private final PageFrames.Sink sink;
    private final DiskComparison.Flusher flusher;
    private final DiskAnswers answers;
    private final ProgressMeter meter;
    private int rounds;

    /** @param lacking what the standby lacks of the image that the guest was resumed from; empty: it has nothing */
    LiveSync(
            String domain,
            PageCapture capture,
            Optional<DirtyBitmap> lacking,
            CaptureBuffer buffer,
            PageFrames pages,
            List<DiskSource> disks,
            PageFrames.Sink sink,
            DiskComparison.Flusher flusher,
            DiskAnswers answers,
            ProgressMeter meter) {
        this.domain = domain;
        this.capture = capture;
        this.lacking = lacking;
        this.buffer = buffer;
        this.pages = pages;
        this.disks = disks;
        this.sink = sink;
        this.flusher = flusher;
        this.answers = answers;
        this.meter = meter;
    }

    /** Rounds that were sent. */
    int rounds() {
        return rounds;
    }

    /** Returns what is left, in bytes. The last frame may still be in the sink. */
    long run(DomainTap tap) throws IOException {
        tap.trackWrites(true);
        long remaining = bytes(lacking.isPresent() ? capture.begin(lacking.get().memory()) : capture.begin());
        for (DiskSource disk : disks) {
            remaining += disk.begin();
        }
        long best = Long.MAX_VALUE;
        int fruitless = 0;
        boolean goOn = true;
        while (goOn) {
            rounds++;
            meter.round(rounds, remaining);
            sendRound();
            if (rounds == 1) {
                flushDisks();
            }
            capture.scan();
            remaining = bytes(capture.pending());
            for (DiskSource disk : disks) {
                remaining += disk.dirtyBytes();
            }
            if (remaining < best - best / 10) {
                best = remaining;
                fruitless = 0;
            } else {
                fruitless++;
            }
            goOn = remaining > SMALL_BYTES && fruitless < MAX_FRUITLESS_ROUNDS && rounds < MAX_ROUNDS;
            sink.write(new WireMessage.Round(rounds, !goOn, remaining));
        }
        meter.phase("last round");
        // all of memory has been looked at; what follows looks at little of it
        capture.trim();
        return remaining;
    }

    private void sendRound() throws IOException {
        for (DiskSource disk : disks) {
            if (rounds == 1) {
                sendFirst(disk);
            } else {
                disk.sendDirty(sink, meter::advance);
            }
        }
        PageCapture.Copied copied;
        do {
            copied = capture.copy(
                    buffer.runs(),
                    0,
                    PageRuns.MAX_RUNS_PER_FRAME,
                    buffer.data(),
                    0,
                    PageRuns.MAX_PAGES_PER_FRAME,
                    true);
            pages.send(buffer.runs(), copied.runs(), buffer.data(), sink);
            meter.advance(bytes(copied.dataPages() + copied.zeroPages()));
        } while (copied.remainingPages() > 0);
    }

    /** The change logs will want the disks flushed when outputs are held: little shall be left then. */
    private void flushDisks() {
        Thread thread = new Thread(
                () -> {
                    try {
                        for (DiskSource disk : disks) {
                            disk.flush();
                        }
                    } catch (IOException e) {
                        // whoever needs it flushes again, and tells
                        LOG.debug("A disk could not be flushed ahead", e);
                    }
                },
                "kemari-flush-ahead-" + domain);
        thread.setDaemon(true);
        thread.start();
    }

    private void sendFirst(DiskSource disk) throws IOException {
        switch (disk.plan()) {
            case NONE -> throw new IllegalStateException("nothing was agreed upon");
            case COPY -> disk.sendAll(sink, meter::advance);
            case DELTA -> {
                meter.phase("copying changed blocks");
                disk.sendDelta(sink, meter::advance);
            }
            case COMPARE -> {
                meter.phase("comparing disks");
                try (DiskComparison comparison = new DiskComparison(disk, sink, flusher, answers, meter::advance)) {
                    comparison.run();
                }
            }
        }
        meter.phase(MEMORY_AND_DISKS);
    }

    private static long bytes(long pageCount) {
        return pageCount << PageRuns.PAGE_SHIFT;
    }
}
