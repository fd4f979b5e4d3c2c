package org.kemari.link.internal;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.kemari.api.link.Link;

/** A link over one TCP connection. How its bytes travel is the {@link Wire}'s business. */
final class SocketLink implements Link {
    private final Wire wire;
    private final String peer;
    private final String remoteAddress;

    /** @param peer name of the host at the other end, confirmed */
    SocketLink(Wire wire, String peer, String remoteAddress) {
        this.wire = wire;
        this.peer = peer;
        this.remoteAddress = remoteAddress;
    }

    /** Input for the exchange of preambles. */
    static Preamble.TimedInput input(Wire wire) {
        return length -> {
            ByteBuffer bytes = ByteBuffer.allocate(length);
            while (bytes.hasRemaining()) {
                if (wire.read(bytes) < 0) {
                    throw new EOFException("connection closed by the other end during the preamble");
                }
            }
            return bytes.array();
        };
    }

    @Override
    public String peer() {
        return peer;
    }

    @Override
    public String remoteAddress() {
        return remoteAddress;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (!target.hasRemaining()) {
            throw new IllegalArgumentException("no room to read into");
        }
        return wire.read(target);
    }

    @Override
    public void write(ByteBuffer... sources) throws IOException {
        wire.write(sources);
    }

    @Override
    public boolean isOpen() {
        return wire.isOpen();
    }

    @Override
    public void close() {
        wire.close();
    }

    @Override
    public String toString() {
        return "link with " + peer + " at " + remoteAddress;
    }
}
