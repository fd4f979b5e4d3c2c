package org.kemari.statetransfer.internal.outgoing;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.kemari.api.health.HealthMonitor;
import org.kemari.api.health.PathHealth;
import org.kemari.api.health.PeerHealth;
import org.kemari.api.health.PeerState;
import org.kemari.api.link.Link;
import org.kemari.api.link.LinkService;
import org.kemari.api.transfer.ImageId;
import org.kemari.api.transfer.OutgoingListener;
import org.kemari.api.transfer.OutgoingRequest;
import org.kemari.api.transfer.OutgoingSession;
import org.kemari.api.transfer.RefusedException;
import org.kemari.api.transfer.StateTransfer;
import org.kemari.api.transfer.UnreachableException;
import org.kemari.statetransfer.internal.TransferSettings;
import org.kemari.statetransfer.internal.wire.Capabilities;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens sessions to standbys. */
public final class TransferSender implements StateTransfer, AutoCloseable {
    /** Name of the channel that {@link org.kemari.statetransfer.internal.incoming.TransferAcceptor} serves. */
    public static final String CHANNEL = "transfer";

    private static final Logger LOG = LoggerFactory.getLogger(TransferSender.class);

    private static final long SETTLE_NANOS = 5_000_000_000L;

    private final LinkService links;
    private final Supplier<TransferSettings> settings;
    private final Supplier<Optional<HealthMonitor>> monitor;
    private final long settleNanos;
    private final Set<PrimarySession> sessions = ConcurrentHashMap.newKeySet();
    private final Set<Attempt> attempts = ConcurrentHashMap.newKeySet();
    /** Hypervisors whose written pages a session has begun to take: what was written before is not known any more. */
    private final Set<Long> tracked = ConcurrentHashMap.newKeySet();

    /** @param monitor comes and goes; tells over which paths a peer is heard */
    public TransferSender(
            LinkService links, Supplier<TransferSettings> settings, Supplier<Optional<HealthMonitor>> monitor) {
        this(links, settings, monitor, SETTLE_NANOS);
    }

    /** @param settleNanos how often the change logs of the disks are relieved of what is equal on both hosts */
    public TransferSender(
            LinkService links,
            Supplier<TransferSettings> settings,
            Supplier<Optional<HealthMonitor>> monitor,
            long settleNanos) {
        this.links = links;
        this.settings = settings;
        this.monitor = monitor;
        this.settleNanos = settleNanos;
    }

    /**
     * Over a path on which the peer is heard, if it is not on all: a path that is bad in one direction may take a connection
     * that the watch would have to end at once.
     */
    private Link connect(String standby, TransferSettings current) throws UnreachableException {
        List<PathHealth> paths = monitor.get()
                .flatMap(m -> m.peer(standby))
                .map(PeerHealth::paths)
                .orElse(List.of());
        boolean anyLost = paths.stream().anyMatch(path -> path.state() == PeerState.LOST);
        for (int i = 0; anyLost && i < paths.size(); i++) {
            if (paths.get(i).state() == PeerState.ALIVE) {
                try {
                    return links.connect(standby, i, CHANNEL, current.connectTimeout());
                } catch (IOException e) {
                    LOG.debug("No link to {} over {}: {}", standby, paths.get(i).address(), e.getMessage());
                }
            }
        }
        try {
            return links.connect(standby, CHANNEL, current.connectTimeout());
        } catch (IOException e) {
            throw new UnreachableException(e.getMessage(), e);
        }
    }

    /** The image that the guest was resumed from, if it can still be told what has changed since. */
    private Optional<ImageId> resumedFrom(OutgoingRequest request, Sources sources) {
        String why;
        if (request.resumedFrom().isEmpty()) {
            return Optional.empty();
        } else if (tracked.contains(request.pid())) {
            why = "another session has made use of the tracking since";
        } else {
            try {
                if (sources.isTrackedFromStart()) {
                    return request.resumedFrom();
                }
                why = "written pages have not been tracked from the start";
            } catch (IOException e) {
                why = e.getMessage();
            }
        }
        LOG.info(
                "Domain {}: all of its memory will be sent, it is not known what has changed since it was resumed: {}",
                request.identity().domain(),
                why);
        return Optional.empty();
    }

    @Override
    public OutgoingSession open(OutgoingRequest request, OutgoingListener listener) throws IOException {
        TransferSettings current = settings.get();
        Sources sources = new Sources(request, current.captureBytes());
        Link link = null;
        try {
            link = connect(request.standby(), current);
            Handshake handshake = agree(link, request, sources, current);
            handshake.lacking().ifPresent(sources::own);
            if ((handshake.capabilities() & Capabilities.DELTAS) != 0) {
                sources.remember(request.identity().domain(), current.deltaCacheBytes());
            }
            if ((handshake.capabilities() & Capabilities.LZ4) != 0) {
                handshake.writer().pack(current.compression());
            }
            sources.agree(handshake.disks());
            LOG.info(
                    "Domain {}: session {} with host {} begins (generation {}, written pages found by {})",
                    request.identity().domain(),
                    request.session(),
                    request.standby(),
                    request.generation(),
                    sources.capture().method());
            PrimarySession[] self = new PrimarySession[1];
            PrimarySession session = new PrimarySession(
                    request,
                    link,
                    handshake,
                    sources,
                    current,
                    settleNanos,
                    listener,
                    () -> tracked.add(request.pid()),
                    () -> sessions.remove(self[0]));
            self[0] = session;
            sessions.add(session);
            return session;
        } catch (IOException | RuntimeException e) {
            sources.close();
            if (link != null) {
                link.close();
            }
            throw e;
        }
    }

    private Handshake agree(Link link, OutgoingRequest request, Sources sources, TransferSettings current)
            throws IOException {
        Attempt attempt = new Attempt(request.standby(), link);
        attempts.add(attempt);
        try {
            return Handshake.with(
                    link,
                    request,
                    resumedFrom(request, sources),
                    sources.bases(request.identity().disks().size()),
                    current.handshakeTimeout());
        } catch (RefusedException e) {
            throw e;
        } catch (IOException e) {
            throw attempt.reason().map(why -> new IOException(why, e)).orElse(e);
        } finally {
            attempts.remove(attempt);
        }
    }

    /** Ends the sessions that have no future, see {@link SessionWatch}; to be called every now and then by one thread. */
    public void watch() {
        new SessionWatch(monitor, () -> attempts).look();
        new SessionWatch(monitor, () -> sessions).look();
    }

    /** Ends all sessions. */
    @Override
    public void close() {
        attempts.forEach(attempt -> attempt.abandon("state transfer stops on this host"));
        sessions.forEach(OutgoingSession::close);
    }
}
