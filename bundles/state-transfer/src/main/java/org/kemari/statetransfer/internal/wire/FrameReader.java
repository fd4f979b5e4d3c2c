package org.kemari.statetransfer.internal.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.kemari.api.link.Link;

/** Receives frames and checks that they are whole and in order. One thread. */
public final class FrameReader {
    private final Link link;
    private final ByteBuffer head = ByteBuffer.allocateDirect(FrameHeader.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C crc = new CRC32C();
    private final AtomicLong bytes = new AtomicLong();
    private final ByteBuffer size = ByteBuffer.allocateDirect(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private Optional<Unpacker> unpacker = Optional.empty();
    private int packedBytes;
    private volatile boolean packed;
    private long session;
    private boolean sessionKnown;
    private long sequence;

    /** For the side that begins: the session is known. */
    public FrameReader(Link link, long session) {
        this.link = link;
        this.session = session;
        this.sessionKnown = true;
    }

    /** For the side that is called: the first frame tells the session. */
    public FrameReader(Link link) {
        this.link = link;
    }

    /** From now on frames may be compressed. */
    public void mayBePacked() {
        unpacker = Optional.of(new Unpacker());
    }

    /** Whether the last frame that is worth it was compressed. */
    public boolean isPacked() {
        return packed;
    }

    /** Bytes received so far, headers included. */
    public long bytes() {
        return bytes.get();
    }

    /**
     * Waits for the next frame.
     *
     * @throws java.io.EOFException at the end of the stream
     * @throws WireException if it is not a frame, out of order or of another session
     */
    public FrameHeader readHeader() throws IOException {
        head.clear();
        link.readFully(head);
        FrameHeader header = FrameHeader.take(head.flip(), unpacker.isPresent());
        if (!sessionKnown) {
            session = header.session();
            sessionKnown = true;
        }
        if (header.session() != session) {
            throw new WireException("a frame of session " + header.session() + " in session " + session);
        }
        if (header.sequence() != sequence) {
            throw new WireException("frame " + header.sequence() + " came instead of frame " + sequence);
        }
        sequence++;
        return header.packed() ? readSize(header) : header;
    }

    private FrameHeader readSize(FrameHeader header) throws IOException {
        packedBytes = header.length() - Integer.BYTES;
        if (packedBytes < 1) {
            throw new WireException("a compressed frame of " + header.length() + " bytes");
        }
        size.clear();
        link.readFully(size);
        int bytes = size.getInt(0);
        if (bytes <= packedBytes || bytes > FrameHeader.MAX_PAYLOAD) {
            throw new WireException("a compressed frame for " + Integer.toUnsignedLong(bytes) + " bytes; allowed are "
                    + FrameHeader.MAX_PAYLOAD);
        }
        return header.withLength(bytes);
    }

    /**
     * Reads the payload of the frame whose header was read last.
     *
     * @param target where to put it; its position and limit must leave exactly the payload's length
     */
    public void readPayload(FrameHeader header, ByteBuffer target) throws IOException {
        if (target.remaining() != header.length()) {
            throw new IllegalArgumentException(target.remaining() + " bytes of room for " + header.length());
        }
        int begin = target.position();
        ByteBuffer came = header.packed() ? unpacker.orElseThrow().room(packedBytes) : target;
        int cameAt = came.position();
        link.readFully(came);
        came.position(cameAt);
        crc.reset();
        head.clear().putInt(FrameHeader.CRC_OFFSET, 0);
        crc.update(head);
        if (header.packed()) {
            crc.update(size.clear());
        }
        crc.update(came.duplicate());
        if ((int) crc.getValue() != header.crc()) {
            throw new WireException("a damaged frame (kind " + header.type() + ", " + header.length() + " bytes)");
        }
        if (header.packed()) {
            unpacker.orElseThrow().unpack(packedBytes, target.position(begin));
        }
        if (header.length() >= PackingChoice.LEAST_BYTES) {
            packed = header.packed();
        }
        bytes.addAndGet(FrameHeader.BYTES + (header.packed() ? Integer.BYTES + packedBytes : header.length()));
    }
}
