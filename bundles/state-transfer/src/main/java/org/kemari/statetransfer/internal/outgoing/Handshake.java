package org.kemari.statetransfer.internal.outgoing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.kemari.api.link.Link;
import org.kemari.api.transfer.OutgoingRequest;
import org.kemari.api.transfer.RefusedException;
import org.kemari.statetransfer.internal.wire.FrameHeader;
import org.kemari.statetransfer.internal.wire.FrameReader;
import org.kemari.statetransfer.internal.wire.FrameWriter;
import org.kemari.statetransfer.internal.wire.Limits;
import org.kemari.statetransfer.internal.wire.MessageCodec;
import org.kemari.statetransfer.internal.wire.WireException;
import org.kemari.statetransfer.internal.wire.WireMessage;

/**
 * The agreement at the beginning of a session.
 *
 * @param reader for the standby's further answers
 * @param writer for all that is sent
 * @param stagingBytes the largest checkpoint that the standby takes
 */
record Handshake(FrameReader reader, FrameWriter writer, long stagingBytes) {
    private static final int MAX_ANSWER = 16 << 10;

    /**
     * Tells the standby what is to come and waits for its answer.
     *
     * @param link fresh; closed if the standby takes too long
     * @throws RefusedException if the standby says no
     */
    static Handshake with(Link link, OutgoingRequest request, Duration timeout) throws IOException {
        CompletableFuture<Boolean> answered =
                new CompletableFuture<Boolean>().completeOnTimeout(false, timeout.toMillis(), TimeUnit.MILLISECONDS);
        answered.thenAccept(inTime -> {
            if (!inTime) {
                link.close();
            }
        });
        FrameWriter writer = new FrameWriter(link, request.session());
        FrameReader reader = new FrameReader(link, request.session());
        try {
            writer.write(new WireMessage.Hello(request.identity(), request.generation(), 0), 0);
            WireMessage answer = answer(reader);
            if (answer instanceof WireMessage.Accept accept) {
                return new Handshake(reader, writer, accept.stagingBytes());
            } else if (answer instanceof WireMessage.Refuse refuse) {
                throw new RefusedException(refuse.reason());
            } else {
                throw new WireException("host " + request.standby() + " answered the offer with " + answer);
            }
        } catch (RefusedException e) {
            throw e;
        } catch (IOException e) {
            if (answered.isDone()) {
                throw new IOException(
                        "host " + request.standby() + " was not ready within " + timeout.toSeconds() + " s", e);
            }
            throw e;
        } finally {
            answered.complete(true);
        }
    }

    private static WireMessage answer(FrameReader reader) throws IOException {
        FrameHeader header = reader.readHeader();
        if (header.length() > MAX_ANSWER) {
            throw new WireException("an answer of " + header.length() + " bytes");
        }
        ByteBuffer payload = ByteBuffer.allocate(header.length());
        reader.readPayload(header, payload);
        return MessageCodec.decode(header.type(), payload, Limits.NONE);
    }
}
