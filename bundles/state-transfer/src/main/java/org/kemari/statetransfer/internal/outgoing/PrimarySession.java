package org.kemari.statetransfer.internal.outgoing;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.hypervisor.HypervisorException;
import org.kemari.api.hypervisor.VirtualMachine;
import org.kemari.api.link.Link;
import org.kemari.api.tap.DomainTap;
import org.kemari.api.transfer.CheckpointReport;
import org.kemari.api.transfer.Farewell;
import org.kemari.api.transfer.OutgoingListener;
import org.kemari.api.transfer.OutgoingRequest;
import org.kemari.api.transfer.OutgoingSession;
import org.kemari.api.transfer.SyncProgress;
import org.kemari.api.transfer.TransferStatus;
import org.kemari.statetransfer.internal.TransferSettings;
import org.kemari.statetransfer.internal.wire.Capabilities;
import org.kemari.statetransfer.internal.wire.WireMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sending end of one attempt at protection. The conductor's thread does everything but reading the standby's answers,
 * for which there is a thread of its own.
 *
 * <p>After an {@link IOException} no further sync or checkpoint is possible; a farewell can still be sent if the link has
 * survived. The session is not closed by itself: that is up to the conductor.
 */
public final class PrimarySession implements OutgoingSession, SessionWatch.Watched {
    private static final Logger LOG = LoggerFactory.getLogger(PrimarySession.class);
    private static final long FAREWELL_MILLIS = 1000;
    private static final long LAST_WORDS_MILLIS = 100;

    private final OutgoingRequest request;
    private final Link link;
    private final Handshake handshake;
    private final Sources sources;
    private final OutgoingFigures figures = new OutgoingFigures();
    private final DiskAnswers answers = new DiskAnswers();
    private final Settlement settlement;
    private final CommitReader commits;
    private final PageFrames pages = new PageFrames();
    private final CheckpointTaker taker;
    private final FrameCourier courier;
    private final Stall stall;
    private final SessionWatch.Notes notes = new SessionWatch.Notes();
    private final Runnable whenSyncing;
    private final Runnable whenClosed;
    private final long began = System.nanoTime();
    private volatile ProgressMeter meter;
    private volatile SyncProgress finished = SyncProgress.NONE;
    private volatile boolean copying;

    /** Whether the conductor's thread is in one of the methods: then it frees the memory, not {@link #close}. */
    private boolean inUse;

    private boolean closed;
    private boolean failed;
    private long lastEpoch;

    /**
     * A session that has been agreed upon.
     *
     * @param link owned by the session from now on, like the sources
     * @param settleNanos how often the change logs of the disks are relieved of what is equal on both hosts
     * @param whenSyncing called before the tracking of written pages is made use of
     * @param whenClosed called once
     */
    PrimarySession(
            OutgoingRequest request,
            Link link,
            Handshake handshake,
            Sources sources,
            TransferSettings settings,
            long settleNanos,
            OutgoingListener listener,
            Runnable whenSyncing,
            Runnable whenClosed) {
        this.request = request;
        this.link = link;
        this.handshake = handshake;
        this.sources = sources;
        this.whenSyncing = whenSyncing;
        this.whenClosed = whenClosed;
        this.settlement = new Settlement(
                domain(), request.session(), sources.disks(), handshake.writer(), settleNanos, System::nanoTime);
        this.commits = new CommitReader(
                handshake.reader(), Handshake.limits(request.identity()), listener, figures, answers, settlement);
        this.taker = new CheckpointTaker(
                new Pause(sources.capture(), sources.buffer()),
                sources.buffer(),
                sources.deltas(),
                new CheckpointFrames(
                        handshake.writer(),
                        handshake.stagingBytes(),
                        (handshake.capabilities() & Capabilities.DELTAS) != 0),
                new AheadFrames(request.identity().disks()),
                new Repairs(request.identity().disks()),
                commits,
                settlement,
                figures,
                settings.tapTimeout(),
                handshake.logsFrames());
        this.courier = new FrameCourier(domain(), handshake.writer());
        this.stall = new Stall(System::nanoTime, settings.syncTimeout(), settings.commitTimeout());
        Thread thread = new Thread(() -> read(listener), "kemari-commits-" + domain());
        thread.setDaemon(true);
        thread.start();
    }

    private void read(OutgoingListener listener) {
        String reason = commits.run();
        boolean byUs;
        synchronized (this) {
            byUs = closed;
            failed = true;
        }
        String told = byUs ? "closed by this host" : reason;
        LOG.info(
                "Domain {}: session {} to host {} is over after {} s, {} checkpoints committed and {} MiB sent: {}",
                domain(),
                request.session(),
                request.standby(),
                TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began),
                figures.committedEpoch(),
                handshake.writer().bytes() >> 20,
                told);
        listener.ended(told);
    }

    @Override
    public void syncLive(DomainTap tap, Consumer<SyncProgress> progress) throws IOException {
        copy(() -> {
            long begin = System.nanoTime();
            ProgressMeter current = new ProgressMeter(System::nanoTime, handshake.writer()::bytes, progress);
            meter = current;
            whenSyncing.run();
            LiveSync sync = new LiveSync(
                    domain(),
                    sources.capture(),
                    handshake.lacking(),
                    sources.buffer(),
                    pages,
                    sources.disks(),
                    message -> handshake.writer().gather(message, 0),
                    handshake.writer()::flush,
                    answers,
                    current);
            long remaining = sync.run(tap);
            handshake.writer().flush();
            commits.awaitSynced();
            LOG.info(
                    "Domain {}: {} MiB looked at, {} MiB sent to host {} in {} rounds and {} ms while the guest runs;"
                            + " {} KiB are left ({})",
                    domain(),
                    current.progress().bytesDone() >> 20,
                    handshake.writer().bytes() >> 20,
                    request.standby(),
                    sync.rounds(),
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin),
                    remaining >> 10,
                    sources.capture().method());
            return null;
        });
    }

    @Override
    public void syncDisks(DomainTap tap) throws IOException {
        copy(() -> {
            for (DiskSource disk : sources.disks()) {
                disk.sendDirty(message -> handshake.writer().gather(message, 0), advanced -> {});
            }
            handshake.writer().flush();
            tap.trackWrites(false);
            return null;
        });
    }

    @Override
    public CheckpointReport checkpoint(long epoch, VirtualMachine vm, DomainTap tap) throws IOException {
        return use(() -> {
            if (epoch != lastEpoch + 1) {
                throw new IllegalArgumentException("checkpoint " + epoch + " after checkpoint " + lastEpoch);
            }
            lastEpoch = epoch;
            CheckpointReport report = taker.take(epoch, vm, tap);
            if (handshake.logsFrames()) {
                courier.carry(tap.frames());
            }
            if (epoch == 1) {
                finished = done();
            }
            LOG.debug("Domain {}: {}", domain(), report);
            return report;
        });
    }

    @Override
    public boolean retain(long epoch) {
        synchronized (this) {
            if (closed || inUse) {
                LOG.warn("Domain {}: its memory is not kept: the session is closed or at work", domain());
                return false;
            }
            inUse = true;
        }
        try {
            return new Retention(request, sources.capture(), taker).note(epoch);
        } finally {
            release();
        }
    }

    private SyncProgress done() {
        SyncProgress last = progress();
        return new SyncProgress(
                "done",
                last.round(),
                last.bytesTotal(),
                last.bytesTotal(),
                handshake.writer().bytes(),
                last.bytesPerSecond(),
                0);
    }

    @Override
    public void sendJoined(OwnershipRecord record) throws IOException {
        handshake.writer().write(new WireMessage.Joined(record), 0);
    }

    @Override
    public void sendFarewell(Farewell farewell, String detail) throws IOException {
        handshake.writer().write(new WireMessage.Farewell(farewell, detail), 0);
        // closing at once could overtake it: the standby hangs up when it has heard it
        commits.awaitEnd(FAREWELL_MILLIS);
    }

    @Override
    public SyncProgress progress() {
        ProgressMeter current = meter;
        return finished != SyncProgress.NONE || current == null ? finished : current.progress();
    }

    @Override
    public TransferStatus status() {
        return figures.status(
                request.standby(),
                request.session(),
                handshake.writer().bytes(),
                sources.bytes(),
                sources.limitBytes(),
                sources.capture().method(),
                handshake.writer().isPacking() ? "lz4" : "off");
    }

    @Override
    public String standby() {
        return request.standby();
    }

    @Override
    public String remoteAddress() {
        return link.remoteAddress();
    }

    @Override
    public SessionWatch.Notes notes() {
        return notes;
    }

    @Override
    public Optional<String> stalled() {
        long moved = handshake.writer().bytes()
                - courier.bytes()
                + handshake.reader().bytes()
                + progress().bytesDone();
        if (copying) {
            return stall.copying(moved).map(s -> "copying to " + standby() + " has come to a standstill for " + s);
        }
        long epoch = figures.awaitedEpoch();
        return epoch == 0
                ? stall.idle()
                : stall.awaiting(moved).map(s -> standby() + " has not committed checkpoint " + epoch + " within " + s);
    }

    @Override
    public void abandon(String reason) {
        commits.abandon(reason);
        link.close();
    }

    private String domain() {
        return request.identity().domain();
    }

    /** Work of the conductor's thread. */
    private interface Work<T> {
        T run() throws IOException;
    }

    /** Work that copies, and is expected to move. */
    private void copy(Work<Void> work) throws IOException {
        copying = true;
        try {
            use(work);
        } finally {
            copying = false;
        }
    }

    private <T> T use(Work<T> work) throws IOException {
        synchronized (this) {
            if (closed || failed) {
                throw new IOException("the session with host " + request.standby() + " is over");
            }
            inUse = true;
        }
        boolean done = false;
        try {
            T result = work.run();
            done = true;
            return result;
        } catch (HypervisorException e) {
            throw e;
        } catch (IOException e) {
            // what the standby said last explains more than a broken pipe
            commits.awaitEnd(LAST_WORDS_MILLIS);
            Optional<String> words = commits.endReason();
            throw words.isPresent() ? new IOException(words.get(), e) : e;
        } finally {
            synchronized (this) {
                failed |= !done;
            }
            release();
        }
    }

    private synchronized void release() {
        inUse = false;
        if (closed) {
            sources.close();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            settlement.end();
            courier.end();
            if (!inUse) {
                sources.close();
            }
        }
        link.close();
        whenClosed.run();
    }
}
