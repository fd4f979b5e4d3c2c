package org.kemari.statetransfer.internal.wire;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * What is before each payload.
 *
 * <pre>
 *    0  4  magic "KMRI"
 *    4  1  version
 *    5  1  kind
 *    6  2  flags: 1 if the payload is the size of what it was, 32 bits, and an LZ4 block of it
 *    8  4  length of the payload, as it is on the link
 *   12  4  CRC-32C of the header with this field 0, and the payload
 *   16  8  session
 *   24  8  epoch, 0 outside of checkpoints
 *   32  8  sequence number of the frame in its direction, from 0
 * </pre>
 *
 * @param type kind of frame
 * @param packed whether the payload is compressed
 * @param length of the payload in bytes, 0 to {@link #MAX_PAYLOAD}; from the reader's hands of what is in it
 * @param crc CRC-32C
 * @param session number of the attempt at protection
 * @param epoch number of the checkpoint
 * @param sequence number of the frame
 */
public record FrameHeader(
        FrameType type, boolean packed, int length, int crc, long session, long epoch, long sequence) {
    public static final int BYTES = 40;
    public static final int MAX_PAYLOAD = 4 << 20;
    public static final int VERSION = 2;
    /** Whether the payload is compressed; only where both sides know {@link Capabilities#LZ4}. */
    static final int PACKED = 1;

    static final int MAGIC = 0x4952_4d4b;
    static final int CRC_OFFSET = 12;

    public FrameHeader {
        Objects.requireNonNull(type);
    }

    /** The same, of a payload of another length. */
    FrameHeader withLength(int bytes) {
        return new FrameHeader(type, packed, bytes, crc, session, epoch, sequence);
    }

    /** Puts the header at the position of a little-endian buffer, without the CRC (0). */
    static void put(
            ByteBuffer out, FrameType type, boolean packed, int length, long session, long epoch, long sequence) {
        out.putInt(MAGIC)
                .put((byte) VERSION)
                .put((byte) type.code())
                .putShort((short) (packed ? PACKED : 0))
                .putInt(length)
                .putInt(0)
                .putLong(session)
                .putLong(epoch)
                .putLong(sequence);
    }

    /**
     * Takes {@link #BYTES} bytes from a little-endian buffer.
     *
     * @param mayBePacked whether that was agreed upon
     */
    static FrameHeader take(ByteBuffer in, boolean mayBePacked) throws WireException {
        if (in.getInt() != MAGIC) {
            throw new WireException("what came is not a frame of Kemari's state transfer");
        }
        int version = Byte.toUnsignedInt(in.get());
        if (version != VERSION) {
            throw new WireException("the other host speaks version " + version
                    + " of the transfer protocol, this host version " + VERSION + "; install the same Kemari on both");
        }
        FrameType type = FrameType.of(Byte.toUnsignedInt(in.get()));
        int flags = Short.toUnsignedInt(in.getShort());
        if (flags != 0 && !(flags == PACKED && mayBePacked)) {
            throw new WireException("a frame with unknown flags " + flags);
        }
        int length = in.getInt();
        if (length < 0 || length > MAX_PAYLOAD) {
            throw new WireException(
                    "a frame of " + Integer.toUnsignedLong(length) + " bytes; allowed are " + MAX_PAYLOAD);
        }
        return new FrameHeader(type, flags == PACKED, length, in.getInt(), in.getLong(), in.getLong(), in.getLong());
    }
}
