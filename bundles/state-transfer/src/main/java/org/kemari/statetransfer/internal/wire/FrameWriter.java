package org.kemari.statetransfer.internal.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.kemari.api.link.Link;
import org.kemari.statetransfer.internal.Compression;

/**
 * Sends messages as frames. Small ones can be gathered, so that a checkpoint goes out in few pieces and wakes the standby
 * few times. Any thread; one message after another.
 */
public final class FrameWriter {
    /** Room for headers and everything that is not data; the in-flight lists of very many rings set the size. */
    private static final int GATHER_BYTES = 1 << 20;
    /** Data up to this size is copied to be gathered; more is sent from where it is. */
    private static final int SMALL_DATA = 256 << 10;

    private final Link link;
    private final long session;
    private final ByteBuffer gathered;
    private final CRC32C crc = new CRC32C();
    private final AtomicLong bytes = new AtomicLong();
    private Optional<Packer> packer = Optional.empty();
    private volatile boolean packing;
    private volatile long saved;
    private long sequence;

    public FrameWriter(Link link, long session) {
        this(link, session, room());
    }

    /** @param gathered made by {@link #room}; of no other writer that has gathered something */
    FrameWriter(Link link, long session, ByteBuffer gathered) {
        this.link = link;
        this.session = session;
        this.gathered = gathered.clear();
    }

    static ByteBuffer room() {
        return ByteBuffer.allocateDirect(GATHER_BYTES + SMALL_DATA).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** From now on frames may be compressed. */
    public synchronized void pack(Compression wish) {
        packer = wish == Compression.OFF ? Optional.empty() : Optional.of(new Packer(wish));
    }

    /** Whether frames are compressed at present. */
    public boolean isPacking() {
        return packing;
    }

    /** The same as {@link #bytes} if nothing was compressed: what it takes on the other side. */
    public long wholeBytes() {
        return bytes.get() + saved;
    }

    /** Bytes sent so far, headers included. */
    public long bytes() {
        return bytes.get();
    }

    /**
     * Sends a message and all that was gathered before, blocking as long as it takes. The data of the message is left as
     * it is (position and all).
     *
     * @param epoch of the checkpoint that the message is part of or about, otherwise 0
     * @return CRC of the frame
     */
    public synchronized int write(WireMessage message, long epoch) throws IOException {
        int value = gather(message, epoch);
        flush();
        return value;
    }

    /** The same, but it may stay here until the next {@link #write} or {@link #flush}. Its data is not needed any more. */
    public synchronized int gather(WireMessage message, long epoch) throws IOException {
        if (gathered.position() > GATHER_BYTES / 2) {
            flush();
        }
        int begin = gathered.position();
        ByteBuffer data = encode(message, begin);
        int end = gathered.position();
        int length = end - begin - FrameHeader.BYTES + data.remaining();
        if (length > FrameHeader.MAX_PAYLOAD) {
            throw new IllegalArgumentException("a frame of " + length + " bytes");
        }
        boolean packed = false;
        if (packer.isPresent()) {
            int headAt = begin + FrameHeader.BYTES;
            ByteBuffer smaller = packer.get().pack(gathered.slice(headAt, end - headAt), data);
            packed = smaller.hasRemaining();
            packing = packer.get().choice().isOn();
            if (packed) {
                saved = saved + length - Integer.BYTES - smaller.remaining();
                gathered.putInt(headAt, length);
                end = headAt + Integer.BYTES;
                length = Integer.BYTES + smaller.remaining();
                data = smaller;
            }
        }
        int dataBytes = data.remaining();
        FrameHeader.put(
                gathered.position(begin), MessageCodec.typeOf(message), packed, length, session, epoch, sequence);
        gathered.position(end);
        crc.reset();
        crc.update(gathered.duplicate().flip().position(begin));
        crc.update(data.duplicate());
        int value = (int) crc.getValue();
        gathered.putInt(begin + FrameHeader.CRC_OFFSET, value);
        sequence++;
        bytes.addAndGet(FrameHeader.BYTES + length);
        if (dataBytes <= Math.min(SMALL_DATA, gathered.remaining())) {
            gathered.put(data);
        } else {
            send(gathered.flip(), data);
        }
        return value;
    }

    /** Puts everything of a frame but its header and data; a message that does not fit is forgotten. */
    private ByteBuffer encode(WireMessage message, int begin) throws IOException {
        try {
            return MessageCodec.encode(message, gathered.position(begin + FrameHeader.BYTES))
                    .duplicate();
        } catch (IOException e) {
            gathered.position(begin);
            throw e;
        }
    }

    /** Sends what was gathered. */
    public synchronized void flush() throws IOException {
        if (gathered.position() > 0) {
            send(gathered.flip());
        }
    }

    /** After a failure the link fails whatever is tried on it, but this must stay in order to find that out. */
    private void send(ByteBuffer... sources) throws IOException {
        long bytesToSend = 0;
        for (ByteBuffer source : sources) {
            bytesToSend += source.remaining();
        }
        long begin = System.nanoTime();
        try {
            link.write(sources);
        } finally {
            gathered.clear();
        }
        if (packer.isPresent()) {
            packer.get().choice().written(bytesToSend, System.nanoTime() - begin);
        }
    }
}
