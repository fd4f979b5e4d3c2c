package org.kemari.statetransfer.internal.outgoing;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.kemari.api.link.Link;
import org.kemari.api.link.LinkService;
import org.kemari.api.transfer.OutgoingListener;
import org.kemari.api.transfer.OutgoingRequest;
import org.kemari.api.transfer.OutgoingSession;
import org.kemari.api.transfer.StateTransfer;
import org.kemari.api.transfer.UnreachableException;
import org.kemari.statetransfer.internal.TransferSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens sessions to standbys. */
public final class TransferSender implements StateTransfer, AutoCloseable {
    /** Name of the channel that {@link org.kemari.statetransfer.internal.incoming.TransferAcceptor} serves. */
    public static final String CHANNEL = "transfer";

    private static final Logger LOG = LoggerFactory.getLogger(TransferSender.class);

    private final LinkService links;
    private final Supplier<TransferSettings> settings;
    private final Set<OutgoingSession> sessions = ConcurrentHashMap.newKeySet();

    public TransferSender(LinkService links, Supplier<TransferSettings> settings) {
        this.links = links;
        this.settings = settings;
    }

    private Link connect(String standby, TransferSettings current) throws UnreachableException {
        try {
            return links.connect(standby, CHANNEL, current.connectTimeout());
        } catch (IOException e) {
            throw new UnreachableException(e.getMessage(), e);
        }
    }

    @Override
    public OutgoingSession open(OutgoingRequest request, OutgoingListener listener) throws IOException {
        TransferSettings current = settings.get();
        Sources sources = new Sources(request, current.captureBytes());
        Link link = null;
        try {
            link = connect(request.standby(), current);
            Handshake handshake = Handshake.with(link, request, current.handshakeTimeout());
            LOG.info(
                    "Domain {}: session {} with host {} begins (generation {}, written pages found by {})",
                    request.identity().domain(),
                    request.session(),
                    request.standby(),
                    request.generation(),
                    sources.capture().method());
            PrimarySession[] self = new PrimarySession[1];
            PrimarySession session = new PrimarySession(
                    request, link, handshake, sources, current, listener, () -> sessions.remove(self[0]));
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

    /** Ends all sessions. */
    @Override
    public void close() {
        sessions.forEach(OutgoingSession::close);
    }
}
