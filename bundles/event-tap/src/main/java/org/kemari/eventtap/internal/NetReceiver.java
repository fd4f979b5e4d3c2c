package org.kemari.eventtap.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import org.kemari.linux.IoVectors;
import org.kemari.linux.NativeMemory;
import org.kemari.linux.TapDevice;
import org.kemari.virtio.net.NetFeatures;
import org.kemari.virtio.net.NetHeader;
import org.kemari.virtio.ring.DescriptorChain;
import org.kemari.virtio.ring.RingException;
import org.kemari.virtio.ring.RingFeatures;
import org.kemari.virtio.ring.Segments;
import org.kemari.virtio.ring.Virtqueue;

/**
 * Moves frames from the TAP device straight into the guest's buffers. How long a frame is shows only when it has been read,
 * so room for the longest is taken from the ring first, and what was not needed is given back. If the guest has less room
 * than that, the frame is read into memory of our own and waits for buffers there. After a takeover the frames that the lost
 * host had logged come first. Guarded by the device's lock.
 */
final class NetReceiver implements AutoCloseable {
    /** How a round ended. */
    enum Outcome {
        /** No frame waits. */
        TAP_EMPTY,
        /** The guest has no room. */
        RING_EMPTY,
        /** There is more; others have their turn first. */
        MORE
    }

    private static final int BATCH = 32;
    private static final int WINDOW = 256;
    private static final int PADDING = NetHeader.BYTES - NetHeader.SHORT_BYTES;

    private final TapDevice tap;
    private final ReceivedFrames log;
    private final ReceivedFrames.Source fromWindow = this::copyWindow;
    private final ReceivedFrames.Source fromPending = this::copyPending;
    private final Queue<ByteBuffer> replays = new ArrayDeque<>();
    private final DescriptorChain[] window = new DescriptorChain[WINDOW];
    private final IoVectors vectors = new IoVectors(IoVectors.KERNEL_LIMIT);
    private final NativeMemory pending = NativeMemory.allocate(NetHeader.MAX_FRAME_BYTES);
    private final ByteBuffer pendingBytes = pending.buffer(0, NetHeader.MAX_FRAME_BYTES);
    private final NativeMemory padding = NativeMemory.allocate(PADDING);
    private int pendingLength;
    /** Buffers in the window: used ones first, then those that were taken from the ring in advance. */
    private int taken;

    private int used;
    /** Number of buffers that were in the ring, and given back, when the last round ended. */
    private int tried;
    /** Number of the frame that was read last. */
    private long number;
    /** Length of the guest's header in the round. */
    private int headerBytes;

    long replayed;
    long frames;
    long bytes;
    long dropped;

    /** @param log where frames are logged */
    NetReceiver(TapDevice tap, ReceivedFrames log) throws IOException {
        this.tap = tap;
        this.log = log;
        for (int i = 0; i < WINDOW; i++) {
            window[i] = new DescriptorChain();
        }
    }

    /** Receives some frames. Completions are published; what has not been used is back in the ring. */
    Outcome receive(Ring ring, long features) throws RingException, IOException {
        Virtqueue queue = ring.queue;
        boolean mergeable = RingFeatures.has(features, NetFeatures.MERGEABLE_BUFFERS);
        int header = NetHeader.bytes(features);
        headerBytes = header;
        taken = 0;
        used = 0;
        try {
            for (int i = 0; i < BATCH; i++) {
                refill(queue, mergeable);
                if (taken == used) {
                    return Outcome.RING_EMPTY;
                }
                int length = pendingLength > 0 ? deliverPending(header, mergeable) : read(header, mergeable);
                if (length < 0) {
                    return Outcome.TAP_EMPTY;
                }
                if (length == 0) {
                    return pendingLength > 0 ? Outcome.RING_EMPTY : Outcome.MORE;
                }
                complete(queue, length - NetHeader.BYTES + header, header, mergeable);
                frames++;
                bytes += length - NetHeader.BYTES;
                ring.published = true;
            }
            return Outcome.MORE;
        } finally {
            tried = taken - used;
            queue.position(queue.availIndex() - tried);
            queue.publish();
        }
    }

    /** Takes buffers until the longest frame fits, or there are none. */
    private void refill(Virtqueue queue, boolean mergeable) throws RingException {
        if (used > WINDOW / 2) {
            for (int i = used; i < taken; i++) {
                DescriptorChain chain = window[i];
                window[i] = window[i - used];
                window[i - used] = chain;
            }
            taken -= used;
            used = 0;
        }
        long room = room();
        while (taken < WINDOW && room < NetHeader.MAX_FRAME_BYTES && (mergeable || taken == used)) {
            DescriptorChain chain = window[taken];
            if (!queue.pop(chain)) {
                break;
            }
            taken++;
            if (chain.writable().bytes() < NetHeader.BYTES) {
                throw new RingException("receive buffer of " + chain.writable().bytes() + " bytes");
            }
            room += chain.writable().bytes();
        }
    }

    private long room() {
        long room = 0;
        for (int i = used; i < taken; i++) {
            room += window[i].writable().bytes();
        }
        return room;
    }

    /** Reads a frame. Returns its length with the full header; 0 if it waits for room; -1 if there is none. */
    private int read(int header, boolean mergeable) throws IOException {
        if (!replays.isEmpty()) {
            ByteBuffer frame = replays.remove();
            pendingLength = frame.remaining();
            pendingBytes.clear().put(frame);
            number++;
            replayed++;
            log.add(number, pendingLength, fromPending);
            return deliverPending(header, mergeable);
        }
        vectors.clear();
        boolean direct = !mergeable || room() >= NetHeader.MAX_FRAME_BYTES;
        if (direct && gather(header)) {
            int length = tap.read(vectors);
            if (length > NetHeader.BYTES) {
                number++;
                log.add(number, length, fromWindow);
            }
            return length;
        }
        vectors.clear();
        vectors.add(pending, 0, NetHeader.MAX_FRAME_BYTES);
        int length = tap.read(vectors);
        if (length < 0) {
            return -1;
        }
        pendingLength = length;
        number++;
        log.add(number, length, fromPending);
        return deliverPending(header, mergeable);
    }

    /** A frame that a host logged before it was lost; given to the guest before any from the TAP device. */
    void replay(ByteBuffer frame) {
        replays.add(frame);
    }

    /** Number of the last frame that the guest has, or that has been dropped. */
    long delivered() {
        return pendingLength > 0 ? number - 1 : number;
    }

    /** What was just read into the buffers of the window. */
    private void copyWindow(ByteBuffer target) {
        int end = target.limit();
        window[used].writable().copyTo(0, target.limit(target.position() + headerBytes));
        target.limit(end);
        for (int i = headerBytes; i < NetHeader.BYTES; i++) {
            target.put((byte) 0);
        }
        long at = headerBytes;
        for (int buffer = used; target.hasRemaining() && buffer < taken; buffer++) {
            Segments from = window[buffer].writable();
            int piece = (int) Math.min(target.remaining(), from.bytes() - at);
            from.copyTo(at, target.limit(target.position() + piece));
            target.limit(end);
            at = 0;
        }
    }

    private void copyPending(ByteBuffer target) {
        target.put(pendingBytes.clear().limit(target.remaining()));
        pendingBytes.clear();
    }

    /** Lists the buffers for the kernel; {@code false} if they are in too many pieces. */
    private boolean gather(int header) {
        int left = vectors.capacity() - 1;
        for (int i = used; i < taken; i++) {
            Segments buffer = window[i].writable();
            left -= buffer.count() + 1;
            if (left < 0) {
                return false;
            }
            if (i == used && header < NetHeader.BYTES) {
                addRange(buffer, 0, header);
                vectors.add(padding, 0, PADDING);
                addRange(buffer, header, buffer.bytes() - header);
            } else {
                buffer.appendTo(vectors, 0, buffer.count());
            }
        }
        return true;
    }

    private void addRange(Segments from, long skip, long length) {
        long toSkip = skip;
        long left = length;
        for (int i = 0; i < from.count() && left > 0; i++) {
            long piece = Math.min(left, from.length(i) - Math.min(toSkip, from.length(i)));
            if (piece > 0) {
                vectors.add(from.memory(i), from.offset(i) + toSkip, piece);
                left -= piece;
                toSkip = 0;
            } else {
                toSkip -= from.length(i);
            }
        }
    }

    /** Copies the waiting frame. Returns its length with the full header; 0 if there is still too little room, or ever. */
    private int deliverPending(int header, boolean mergeable) {
        int length = pendingLength;
        if (room() < length - NetHeader.BYTES + header) {
            if (taken - used == WINDOW || !mergeable) {
                // However long it waits, the guest's buffers will be too small for it.
                reset();
            }
            return 0;
        }
        pendingLength = 0;
        int buffer = used;
        long at = 0;
        at = put(window[buffer].writable(), at, 0, header);
        int done = NetHeader.BYTES;
        while (done < length) {
            Segments target = window[buffer].writable();
            int piece = (int) Math.min(length - done, target.bytes() - at);
            if (piece == 0) {
                buffer++;
                at = 0;
            } else {
                at = put(target, at, done, piece);
                done += piece;
            }
        }
        return length;
    }

    private long put(Segments target, long at, int from, int length) {
        pendingBytes.clear().position(from).limit(from + length);
        target.copyFrom(at, pendingBytes);
        return at + length;
    }

    /**
     * Gives the buffers that a frame fills to the driver. Their pages are marked only now: until then
     * nobody relies on what is in them, and the pages of buffers that were offered in vain stay clean.
     */
    private void complete(Virtqueue queue, int length, int header, boolean mergeable) {
        int end = used;
        int left = length;
        while (left > 0 && end < taken) {
            left -= (int) Math.min(left, window[end++].writable().bytes());
        }
        if (header == NetHeader.BYTES) {
            setBuffers(window[used].writable(), mergeable ? end - used : 1);
        }
        left = length;
        while (used < end) {
            DescriptorChain chain = window[used++];
            int filled = (int) Math.min(left, chain.writable().bytes());
            chain.writable().markDirty(filled);
            queue.pushUsed(chain.head(), filled);
            left -= filled;
        }
    }

    private static void setBuffers(Segments first, int buffers) {
        first.putByte(NetHeader.BUFFERS_OFFSET, (byte) buffers);
        first.putByte(NetHeader.BUFFERS_OFFSET + 1, (byte) (buffers >>> 8));
    }

    /**
     * Asks the driver to kick when it adds buffers, though some that are too small for the frame that waits are there.
     *
     * @return whether it has added some meanwhile
     */
    boolean askForBuffers(Virtqueue queue) throws RingException {
        if (queue.available() > tried) {
            return true;
        }
        int at = queue.availIndex();
        queue.position(at + tried);
        boolean more = queue.enableNotifications();
        queue.position(at);
        return more;
    }

    /** The device was reset: nobody waits for what came before. */
    void reset() {
        if (pendingLength > 0) {
            pendingLength = 0;
            dropped++;
        }
    }

    @Override
    public void close() {
        vectors.close();
        pending.close();
        padding.close();
    }
}
