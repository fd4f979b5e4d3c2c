package org.kemari.statetransfer.internal.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.kemari.api.link.Link;

/** Sends messages as frames. Any thread; one message after another. */
public final class FrameWriter {
    /** Room for a header and everything that is not data; the in-flight lists of very many rings set the size. */
    private static final int HEAD_BYTES = 1 << 20;

    private final Link link;
    private final long session;
    private final ByteBuffer head =
            ByteBuffer.allocateDirect(FrameHeader.BYTES + HEAD_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C crc = new CRC32C();
    private final AtomicLong bytes = new AtomicLong();
    private long sequence;

    public FrameWriter(Link link, long session) {
        this.link = link;
        this.session = session;
    }

    /** Bytes sent so far, headers included. */
    public long bytes() {
        return bytes.get();
    }

    /**
     * Sends a message, blocking as long as it takes. The data of the message is left as it is (position and all).
     *
     * @param epoch of the checkpoint that the message is part of or about, otherwise 0
     * @return CRC of the frame
     */
    public synchronized int write(WireMessage message, long epoch) throws IOException {
        head.clear().position(FrameHeader.BYTES);
        ByteBuffer data = MessageCodec.encode(message, head).duplicate();
        int length = head.position() - FrameHeader.BYTES + data.remaining();
        if (length > FrameHeader.MAX_PAYLOAD) {
            throw new IllegalArgumentException("a frame of " + length + " bytes");
        }
        int end = head.position();
        FrameHeader.put(head.position(0), MessageCodec.typeOf(message), length, session, epoch, sequence);
        head.position(0).limit(end);
        crc.reset();
        crc.update(head.duplicate());
        crc.update(data.duplicate());
        int value = (int) crc.getValue();
        head.putInt(FrameHeader.CRC_OFFSET, value);
        if (data.hasRemaining()) {
            link.write(head, data);
        } else {
            link.write(head);
        }
        sequence++;
        bytes.addAndGet(FrameHeader.BYTES + length);
        return value;
    }
}
