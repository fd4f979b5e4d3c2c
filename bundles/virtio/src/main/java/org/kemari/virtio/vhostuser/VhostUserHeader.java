package org.kemari.virtio.vhostuser;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The twelve bytes in front of each message.
 *
 * @param request number of the request
 * @param flags version, and the flags of this class
 * @param payloadBytes length of what follows, 0 to {@link #MAX_PAYLOAD_BYTES}
 */
public record VhostUserHeader(int request, int flags, int payloadBytes) {
    public static final int BYTES = 12;
    /** No message that Kemari knows is longer: 8 memory regions, or 256 bytes of configuration with their frame. */
    public static final int MAX_PAYLOAD_BYTES = 512;
    /** A reply. */
    public static final int REPLY = 1 << 2;
    /** The sender waits for an acknowledgement. */
    public static final int NEED_REPLY = 1 << 3;

    private static final int VERSION_MASK = 3;
    private static final int VERSION = 1;

    /** A header of a request. */
    public static VhostUserHeader request(int request, boolean needReply, int payloadBytes) {
        return new VhostUserHeader(request, VERSION | (needReply ? NEED_REPLY : 0), payloadBytes);
    }

    /** A header of a reply. */
    public static VhostUserHeader reply(int request, int payloadBytes) {
        return new VhostUserHeader(request, VERSION | REPLY, payloadBytes);
    }

    public boolean isReply() {
        return (flags & REPLY) != 0;
    }

    public boolean needsReply() {
        return (flags & NEED_REPLY) != 0;
    }

    /**
     * Reads a header of a request.
     *
     * @param source with at least {@link #BYTES} remaining
     */
    public static VhostUserHeader decodeRequest(ByteBuffer source) throws VhostUserException {
        VhostUserHeader header = decode(source);
        if (header.isReply()) {
            throw new VhostUserException("a reply to nothing, number " + header.request());
        }
        return header;
    }

    static VhostUserHeader decode(ByteBuffer source) throws VhostUserException {
        ByteBuffer b = source.order(ByteOrder.LITTLE_ENDIAN);
        VhostUserHeader header = new VhostUserHeader(b.getInt(), b.getInt(), b.getInt());
        if ((header.flags & VERSION_MASK) != VERSION) {
            throw new VhostUserException("message of version " + (header.flags & VERSION_MASK));
        }
        if (header.payloadBytes < 0 || header.payloadBytes > MAX_PAYLOAD_BYTES) {
            throw new VhostUserException(
                    "message " + header.request + " of " + Integer.toUnsignedString(header.payloadBytes) + " bytes");
        }
        return header;
    }

    /** Writes the header. */
    public void encode(ByteBuffer target) {
        target.order(ByteOrder.LITTLE_ENDIAN).putInt(request).putInt(flags).putInt(payloadBytes);
    }
}
