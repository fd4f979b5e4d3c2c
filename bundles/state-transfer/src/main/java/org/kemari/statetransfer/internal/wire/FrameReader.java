package org.kemari.statetransfer.internal.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.kemari.api.link.Link;

/** Receives frames and checks that they are whole and in order. One thread. */
public final class FrameReader {
    private final Link link;
    private final ByteBuffer head = ByteBuffer.allocateDirect(FrameHeader.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C crc = new CRC32C();
    private final AtomicLong bytes = new AtomicLong();
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
        FrameHeader header = FrameHeader.take(head.flip());
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
        return header;
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
        link.readFully(target);
        target.position(begin);
        crc.reset();
        head.clear().putInt(FrameHeader.CRC_OFFSET, 0);
        crc.update(head);
        crc.update(target.duplicate());
        if ((int) crc.getValue() != header.crc()) {
            throw new WireException("a damaged frame (kind " + header.type() + ", " + header.length() + " bytes)");
        }
        bytes.addAndGet(FrameHeader.BYTES + header.length());
    }
}
