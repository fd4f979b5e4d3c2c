package org.kemari.statetransfer.internal.incoming;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.kemari.api.link.Link;
import org.kemari.api.tap.LoggedFrames;
import org.kemari.api.transfer.CommittedCheckpoint;
import org.kemari.api.transfer.IncomingSession;
import org.kemari.api.transfer.StandbyOffer;
import org.kemari.api.transfer.StandbySlot;
import org.kemari.api.transfer.SyncProgress;
import org.kemari.api.transfer.TransferStatus;
import org.kemari.statetransfer.internal.Reasons;
import org.kemari.statetransfer.internal.wire.Capabilities;
import org.kemari.statetransfer.internal.wire.FrameReader;
import org.kemari.statetransfer.internal.wire.FrameWriter;
import org.kemari.statetransfer.internal.wire.WireException;
import org.kemari.statetransfer.internal.wire.WireMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The receiving end of one attempt at protection. Two threads work in it: the link's own thread receives, stages,
 * commits and acknowledges; another one applies. A checkpoint is committed when {@link ApplyQueue#commit} has taken it,
 * which is before its acknowledgement is sent; from then on it will be applied, whatever happens to the link.
 *
 * <p>{@link #seal} and {@link #abandon} wait for both threads to let go of the image, so they are not to be called from
 * within a call to the slot (but for {@link StandbySlot#ended}).
 */
final class StandbySession implements IncomingSession {
    private static final Logger LOG = LoggerFactory.getLogger(StandbySession.class);
    private static final long PATIENCE_SECONDS = 120;

    private final Link link;
    private final StandbyOffer offer;
    private final FrameReader reader;
    private final FrameWriter writer;
    private final ChunkPool pool;
    private final ApplyQueue queue = new ApplyQueue();
    private final IncomingFigures figures = new IncomingFigures();
    private final FrameStore frames;
    private final CountDownLatch finished = new CountDownLatch(1);
    private final long began = System.nanoTime();

    private StandbySlot slot;
    private Thread applyThread;
    private boolean ended;
    /** Why it ends, told by whoever is first. */
    private String reason;

    private boolean imageLost;
    private Optional<CommittedCheckpoint> last = Optional.empty();

    StandbySession(Link link, StandbyOffer offer, FrameReader reader, FrameWriter writer, ChunkPool pool) {
        this.frames = new FrameStore(offer.identity().nics().size());
        this.link = link;
        this.offer = offer;
        this.reader = reader;
        this.writer = writer;
        this.pool = pool;
    }

    /**
     * The gate has let the domain in. Serves the link to its end; the image is closed when both threads are done.
     *
     * @param remains what the image begins with, if it is not all zero
     * @param capabilities agreed upon
     */
    void serve(StandbySlot given, Image image, Optional<Remains> remains, long capabilities) {
        synchronized (this) {
            slot = given;
        }
        Applier applier = new Applier(
                offer.session(),
                image,
                given,
                queue,
                pool,
                figures,
                new Settling(domain(), image, queue, writer),
                frames);
        Receiver receiver = new Receiver(reader, writer, image, queue, pool, figures, frames, this::firstCommit);
        startApplying(applier, image);
        Thread.currentThread().setName("kemari-receive-" + domain());
        String end;
        try {
            accept(remains, image, capabilities);
            receiver.run();
            end = "the primary ended the session";
        } catch (WireException e) {
            end = "the primary broke the protocol: " + e.getMessage();
            sendError(e.getMessage());
        } catch (IOException e) {
            end = Reasons.of(e);
            sendError(end);
        } catch (InterruptedException e) {
            end = "interrupted";
        } catch (RuntimeException | Error e) {
            LOG.error("Receiving domain {} failed", domain(), e);
            end = "an error on the standby: " + e;
            sendError(end);
        }
        boolean newsLeft = queue.hasNews();
        queue.complete();
        if (newsLeft) {
            // the good-bye, if it is one, is passed on first
            awaitFinished();
        }
        tellEnded(end);
        link.close();
    }

    private void accept(Optional<Remains> remains, Image image, long capabilities) throws IOException {
        image.beginSync();
        if ((capabilities & Capabilities.LZ4) != 0) {
            reader.mayBePacked();
        }
        writer.write(
                new WireMessage.Accept(capabilities, pool.usableBytes(), remains.map(Remains::id), image.plans()), 0);
        if (remains.isPresent()) {
            try (Remains told = remains.get()) {
                told.send(writer);
            }
        }
        for (StandbyDisk disk : image.disks()) {
            disk.sendChanges(writer);
        }
    }

    private void startApplying(Applier applier, Image image) {
        Thread thread = new Thread(
                () -> {
                    try {
                        noteReason(applier.run());
                    } catch (IOException | RuntimeException | InterruptedException | Error e) {
                        applyFailed(e);
                    }
                    finish(applier, image);
                },
                "kemari-apply-" + domain());
        thread.setDaemon(true);
        synchronized (this) {
            applyThread = thread;
        }
        thread.start();
    }

    /** The applying thread ends: nobody touches the image after this. Unmapping much memory takes longer than telling. */
    private void finish(Applier applier, Image image) {
        awaitReceiver();
        synchronized (this) {
            last = imageLost ? Optional.empty() : applier.last();
        }
        finished.countDown();
        image.close();
        pool.close();
    }

    /** After a failure the queue is not read any more: wait for the receiving thread to leave. */
    private void awaitReceiver() {
        try {
            while (queue.next().isPresent()) {
                queue.discard(pool);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void applyFailed(Throwable e) {
        LOG.error("Domain {}: a committed checkpoint could not be applied, the image is lost", domain(), e);
        String why = "a committed checkpoint could not be applied: " + Reasons.of(e);
        StandbySlot told;
        synchronized (this) {
            imageLost = true;
            told = slot;
        }
        // first of all: the end of the session alone would be a reason to take over
        told.imageLost(why);
        noteReason(Optional.of(why));
        // before the queue is stopped: the receiving thread, woken by that, closes the link
        sendError(why);
        queue.stop();
        queue.discard(pool);
        link.close();
    }

    private synchronized void noteReason(Optional<String> why) {
        if (reason == null && why.isPresent()) {
            reason = why.get();
        }
    }

    /** Best effort: the primary learns of the end of the link anyway. */
    private void sendError(String why) {
        if (queue.isStopped() && !link.isOpen()) {
            return;
        }
        try {
            writer.write(new WireMessage.Error(why), 0);
        } catch (IOException e) {
            LOG.debug("The primary of domain {} could not be told: {}", domain(), why, e);
        }
    }

    private void tellEnded(String fallback) {
        String why;
        StandbySlot told;
        synchronized (this) {
            if (ended || slot == null) {
                return;
            }
            ended = true;
            why = reason == null ? fallback : reason;
            told = slot;
        }
        LOG.info(
                "Domain {}: session {} from host {} is over after {} s, {} checkpoints and {} MiB: {}",
                domain(),
                offer.session(),
                offer.primary(),
                seconds(),
                figures.committedEpoch(),
                reader.bytes() >> 20,
                why);
        told.ended(why);
    }

    private void firstCommit(long bytes) {
        LOG.info(
                "Domain {}: first checkpoint of session {} from host {} committed after {} s and {} MiB",
                domain(),
                offer.session(),
                offer.primary(),
                seconds(),
                bytes >> 20);
    }

    private long seconds() {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
    }

    private String domain() {
        return offer.identity().domain();
    }

    @Override
    public TransferStatus status() {
        return figures.status(
                offer.primary(),
                offer.session(),
                reader.bytes(),
                pool.bytes(),
                pool.limitBytes(),
                reader.isPacked() ? "lz4" : "off");
    }

    @Override
    public SyncProgress progress() {
        return figures.progress();
    }

    @Override
    public Optional<CommittedCheckpoint> seal() {
        noteReason(Optional.of("sealed by this host"));
        queue.stop();
        link.close();
        // what waits for staging memory is not committed
        awaitFinished();
        synchronized (this) {
            return last;
        }
    }

    @Override
    public LoggedFrames frames() {
        LOG.debug("Domain {}: {} received frames had no room in the log", domain(), frames.dropped());
        return frames.all();
    }

    @Override
    public void abandon(String why) {
        // first of all: the apply thread, once stopped, says what image there is
        synchronized (this) {
            imageLost = true;
            last = Optional.empty();
        }
        noteReason(Optional.of("given up by this host: " + why));
        sendError(why);
        queue.stop();
        queue.discard(pool);
        link.close();
        synchronized (this) {
            if (applyThread == null || Thread.currentThread() == applyThread) {
                return;
            }
        }
        awaitFinished();
    }

    private void awaitFinished() {
        synchronized (this) {
            if (applyThread == null) {
                return;
            }
            if (Thread.currentThread() == applyThread) {
                throw new IllegalStateException("called from within a call to the slot: this would wait for itself");
            }
        }
        try {
            if (!finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("domain " + domain() + ": applying a checkpoint takes for ever");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the last checkpoint is being applied", e);
        }
    }
}
