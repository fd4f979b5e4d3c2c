package org.kemari.virtio.vhostuser;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kemari.linux.Fd;
import org.kemari.linux.UnixSocket;

/**
 * The back-end's end of a vhost-user connection. One thread reads and answers; any thread may close.
 *
 * <p>Each request is answered as the protocol demands: with a reply of its own if it has one, otherwise with
 * {@link #acknowledge}, which sends something only if the front-end asked for it.
 */
public final class VhostUserConnection implements AutoCloseable {
    /**
     * A request and how it came.
     *
     * @param message what is asked for
     * @param needReply whether the front-end waits for an acknowledgement
     */
    public record Received(VhostUserMessage message, boolean needReply) {}

    private final UnixSocket socket;
    /** That came with the request that is being read. */
    private final List<Fd> fds = new ArrayList<>(VhostUserCodec.MAX_REGIONS);

    private final ByteBuffer header = buffer(VhostUserHeader.BYTES);
    private final ByteBuffer payload = buffer(VhostUserHeader.MAX_PAYLOAD_BYTES);
    private final ByteBuffer answer = buffer(VhostUserHeader.BYTES + VhostUserHeader.MAX_PAYLOAD_BYTES);

    /** @param socket connected; closed with this connection */
    public VhostUserConnection(UnixSocket socket) {
        this.socket = socket;
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** To wait for requests with. */
    public Fd fd() {
        return socket.fd();
    }

    /**
     * Reads the next request, waiting for it if need be. Its descriptors belong to the caller.
     *
     * @return empty if the front-end has closed the connection
     * @throws VhostUserException if the request is malformed
     * @throws IOException if the connection fails
     */
    public Optional<Received> receive() throws IOException {
        fds.clear();
        boolean done = false;
        try {
            if (!fill(header.clear())) {
                done = true;
                return Optional.empty();
            }
            VhostUserHeader head = VhostUserHeader.decodeRequest(header.flip());
            fill(payload.clear().limit(head.payloadBytes()));
            done = true;
            return Optional.of(new Received(VhostUserCodec.decode(head, payload.flip(), fds), head.needsReply()));
        } finally {
            if (!done) {
                fds.forEach(Fd::close);
            }
        }
    }

    /** Returns {@code false} if the connection ended before the first byte of a message. */
    private boolean fill(ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            if (socket.receive(target, fds) < 0) {
                if (target == header && target.position() == 0) {
                    return false;
                }
                throw new VhostUserException("the connection ended within a message");
            }
            if (fds.size() > VhostUserCodec.MAX_REGIONS) {
                throw new VhostUserException("a message with more than " + VhostUserCodec.MAX_REGIONS + " descriptors");
            }
        }
        return true;
    }

    /** Answers a request that has no reply of its own, if the front-end wants to know. */
    public void acknowledge(Received received, boolean success) throws IOException {
        if (received.needReply() && !received.message().request().hasReply()) {
            int code = received.message() instanceof VhostUserMessage.Unsupported u
                    ? u.code()
                    : received.message().request().code();
            begin(code, Long.BYTES).putLong(success ? 0 : 1);
            send();
        }
    }

    /** Answers a request for a number: features, protocol features, number of queues, status. */
    public void replyNumber(VhostUserMessage message, long value) throws IOException {
        begin(message.request().code(), Long.BYTES).putLong(value);
        send();
    }

    /**
     * Answers where a ring was stopped.
     *
     * @param availIndex next entry of the available ring to take, 0 to 65535
     */
    public void replyVringBase(VhostUserMessage.GetVringBase message, int availIndex) throws IOException {
        begin(message.request().code(), 8).putInt(message.ring()).putInt(availIndex);
        send();
    }

    /** Answers with a part of the configuration space; what is beyond its end is zero. */
    public void replyConfig(VhostUserMessage.GetConfig message, byte[] space) throws IOException {
        ByteBuffer b = begin(message.request().code(), VhostUserCodec.CONFIG_HEADER_BYTES + message.size());
        b.putInt(message.offset()).putInt(message.size()).putInt(0);
        for (int i = message.offset(); i < message.offset() + message.size(); i++) {
            b.put(i < space.length ? space[i] : 0);
        }
        send();
    }

    /** Answers with memory for what is in flight. The descriptor remains the caller's. */
    public void replyInflight(VhostUserMessage.GetInflightFd message, InflightRegion region) throws IOException {
        begin(message.request().code(), VhostUserCodec.INFLIGHT_BYTES)
                .putLong(region.size())
                .putLong(region.offset())
                .putShort((short) message.queues())
                .putShort((short) message.queueSize())
                .putInt(0);
        send(region.file());
    }

    private ByteBuffer begin(int code, int payloadBytes) {
        answer.clear();
        VhostUserHeader.reply(code, payloadBytes).encode(answer);
        return answer;
    }

    private void send(Fd... fds) throws IOException {
        answer.flip();
        socket.send(answer, fds);
    }

    @Override
    public void close() {
        socket.close();
    }
}
