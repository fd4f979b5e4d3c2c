package org.kemari.statetransfer.internal.incoming;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.kemari.api.link.Link;
import org.kemari.api.link.LinkAcceptor;
import org.kemari.api.transfer.DomainIdentity;
import org.kemari.api.transfer.RefusedException;
import org.kemari.api.transfer.StandbyGate;
import org.kemari.api.transfer.StandbyOffer;
import org.kemari.api.transfer.StandbySlot;
import org.kemari.statetransfer.internal.FirmwareVariables;
import org.kemari.statetransfer.internal.TransferSettings;
import org.kemari.statetransfer.internal.wire.Capabilities;
import org.kemari.statetransfer.internal.wire.FrameHeader;
import org.kemari.statetransfer.internal.wire.FrameReader;
import org.kemari.statetransfer.internal.wire.FrameType;
import org.kemari.statetransfer.internal.wire.FrameWriter;
import org.kemari.statetransfer.internal.wire.Limits;
import org.kemari.statetransfer.internal.wire.MessageCodec;
import org.kemari.statetransfer.internal.wire.WireException;
import org.kemari.statetransfer.internal.wire.WireMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes incoming sessions: hears what the primary wants, asks the gate, and serves the session if it is let in. */
public final class TransferAcceptor implements LinkAcceptor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TransferAcceptor.class);
    private static final int CHUNK_BYTES = 16 << 20;
    private static final int MIN_CHUNKS = 3;
    private static final long KEEP_BYTES = 64 << 20;
    private static final int MAX_HELLO = 256 << 10;
    private static final Duration HELLO_TIMEOUT = Duration.ofSeconds(10);

    private final Supplier<Optional<StandbyGate>> gate;
    private final Supplier<TransferSettings> settings;
    private final Set<StandbySession> sessions = ConcurrentHashMap.newKeySet();

    public TransferAcceptor(Supplier<Optional<StandbyGate>> gate, Supplier<TransferSettings> settings) {
        this.gate = gate;
        this.settings = settings;
    }

    @Override
    public void accepted(Link link) {
        FrameReader reader = new FrameReader(link);
        FrameWriter writer = null;
        try {
            CompletableFuture<Boolean> heard = new CompletableFuture<Boolean>()
                    .completeOnTimeout(false, HELLO_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            heard.thenAccept(inTime -> {
                if (!inTime) {
                    link.close();
                }
            });
            FrameHeader header = reader.readHeader();
            writer = new FrameWriter(link, header.session());
            WireMessage.Hello hello = hello(reader, header);
            Optional<ByteBuffer> variables = variables(reader, hello.identity());
            heard.complete(true);
            serve(link, reader, writer, offer(link, header, hello, variables), hello);
        } catch (RefusedException e) {
            LOG.info("A session offered by host {} was refused: {}", link.peer(), e.getMessage());
            tell(writer, new WireMessage.Refuse(e.getMessage()));
        } catch (WireException e) {
            LOG.warn("A session offered by host {} was refused: {}", link.peer(), e.getMessage());
            tell(writer, new WireMessage.Refuse(e.getMessage()));
        } catch (IOException e) {
            LOG.warn("A session offered by host {} did not begin: {}", link.peer(), e.getMessage());
        }
    }

    private static WireMessage.Hello hello(FrameReader reader, FrameHeader header) throws IOException {
        if (header.type() != FrameType.HELLO || header.length() > MAX_HELLO) {
            throw new WireException(
                    "a session began with a frame of the kind " + header.type() + " and " + header.length() + " bytes");
        }
        ByteBuffer payload = ByteBuffer.allocate(header.length());
        reader.readPayload(header, payload);
        return (WireMessage.Hello) MessageCodec.decode(header.type(), payload, Limits.NONE);
    }

    private static Optional<ByteBuffer> variables(FrameReader reader, DomainIdentity identity) throws IOException {
        if (!FirmwareVariables.belongTo(identity)) {
            return Optional.empty();
        }
        FrameHeader header = reader.readHeader();
        if (header.type() != FrameType.FIRMWARE_VARIABLES || header.length() > FirmwareVariables.MAX_BYTES) {
            throw new WireException("instead of the UEFI variables came a frame of the kind " + header.type() + " and "
                    + header.length() + " bytes");
        }
        ByteBuffer payload = ByteBuffer.allocate(header.length());
        reader.readPayload(header, payload);
        WireMessage message = MessageCodec.decode(header.type(), payload, Limits.NONE);
        ByteBuffer data = ((WireMessage.FirmwareVariables) message).data().asReadOnlyBuffer();
        return data.hasRemaining() ? Optional.of(data) : Optional.empty();
    }

    private static StandbyOffer offer(
            Link link, FrameHeader header, WireMessage.Hello hello, Optional<ByteBuffer> variables)
            throws WireException {
        DomainIdentity identity = hello.identity();
        if (identity.memoryBytes() == 0) {
            throw new WireException("domain " + identity.domain() + " has no memory");
        }
        return new StandbyOffer(
                link.peer(), identity, hello.generation(), header.session(), hello.resumedFrom(), variables);
    }

    private void serve(Link link, FrameReader reader, FrameWriter writer, StandbyOffer offer, WireMessage.Hello hello)
            throws IOException {
        StandbyGate keeper = gate.get()
                .orElseThrow(
                        () -> new RefusedException("the standby is not ready: nothing there decides on offers yet"));
        long limit = settings.get().stagingLimit(offer.identity().memoryBytes());
        ChunkPool pool = new ChunkPool(
                offer.identity().domain(), CHUNK_BYTES, Math.max(limit, (long) MIN_CHUNKS * CHUNK_BYTES), KEEP_BYTES);
        StandbySession session = new StandbySession(link, offer, reader, writer, pool);
        sessions.add(session);
        try {
            StandbySlot slot = keeper.open(offer, session);
            Image image;
            Optional<Remains> remains = Optional.empty();
            try {
                remains = Remains.of(offer, slot);
                image = Image.open(offer, hello.logs(), slot, remains.isPresent());
            } catch (IOException | RuntimeException e) {
                remains.ifPresent(Remains::close);
                slot.ended(e.getMessage());
                throw new RefusedException(e.getMessage());
            }
            LOG.info(
                    "Domain {}: session {} from host {} begins (generation {}, {} MiB of memory)",
                    offer.identity().domain(),
                    offer.session(),
                    offer.primary(),
                    offer.generation(),
                    offer.identity().memoryBytes() >> 20);
            session.serve(slot, image, remains, hello.capabilities() & Capabilities.KNOWN);
        } finally {
            sessions.remove(session);
        }
    }

    private static void tell(FrameWriter writer, WireMessage message) {
        if (writer == null) {
            return;
        }
        try {
            writer.write(message, 0);
        } catch (IOException e) {
            LOG.debug("The primary could not be told: {}", message, e);
        }
    }

    /** Ends all sessions. */
    @Override
    public void close() {
        sessions.forEach(session -> session.abandon("state transfer stops on the standby"));
    }
}
