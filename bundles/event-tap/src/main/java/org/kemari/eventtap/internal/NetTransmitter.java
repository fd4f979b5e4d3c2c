package org.kemari.eventtap.internal;

import java.io.IOException;
import org.kemari.linux.IoVectors;
import org.kemari.linux.NativeMemory;
import org.kemari.linux.TapDevice;
import org.kemari.virtio.net.NetHeader;
import org.kemari.virtio.ring.DescriptorChain;
import org.kemari.virtio.ring.GuestMemory;
import org.kemari.virtio.ring.RingException;
import org.kemari.virtio.ring.Segments;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes frames from the guest: to the TAP device, or as copies into {@link HeldFrames}. Either way the guest has its
 * buffers back at once; with its frames kept in the ring its TCP would stall. Guarded by the device's lock.
 */
final class NetTransmitter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NetTransmitter.class);
    private static final int BATCH = 32;
    private static final int PADDING = NetHeader.BYTES - NetHeader.SHORT_BYTES;

    private final TapDevice tap;
    private final HeldFrames held;
    private final DescriptorChain chain = new DescriptorChain();
    private final Segments header = new Segments();
    private final Segments body = new Segments();
    private final IoVectors vectors = new IoVectors(IoVectors.KERNEL_LIMIT);
    private final NativeMemory padding = NativeMemory.allocate(PADDING);

    long frames;
    long bytes;
    long dropped;
    long errors;

    NetTransmitter(TapDevice tap, HeldFrames held) throws IOException {
        this.tap = tap;
        this.held = held;
    }

    /** Who says what number a frame gets, and whether it must wait. */
    interface Gate {
        long number();

        boolean holds();

        /** A copy waits. */
        void waits(long number);
    }

    /**
     * Takes frames. Completions are published.
     *
     * @param headerBytes length of the guest's header
     * @return whether there may be more
     */
    boolean transmit(Ring ring, GuestMemory guest, int headerBytes, int most, Gate gate) throws RingException {
        int count = 0;
        while (count < most && ring.queue.pop(chain)) {
            count++;
            Segments frame = chain.readable();
            long length = frame.bytes() - headerBytes;
            if (length <= 0 || length > NetHeader.MAX_FRAME_BYTES - NetHeader.BYTES) {
                errors++;
            } else {
                split(guest, frame, headerBytes);
                take(gate, length);
            }
            ring.queue.pushUsed(chain.head(), 0);
            ring.published = true;
        }
        ring.queue.publish();
        return count == most;
    }

    boolean transmitSome(Ring ring, GuestMemory guest, int headerBytes, Gate gate) throws RingException {
        return transmit(ring, guest, headerBytes, BATCH, gate);
    }

    private void split(GuestMemory guest, Segments frame, int headerBytes) {
        header.clear(guest);
        header.addRange(frame, 0, headerBytes);
        body.clear(guest);
        body.addRange(frame, headerBytes, frame.bytes() - headerBytes);
    }

    private void take(Gate gate, long length) {
        frames++;
        bytes += length;
        long number = gate.number();
        int pad = (int) (NetHeader.BYTES - header.bytes());
        try {
            boolean tooManyPieces = header.count() + 1 + body.count() > vectors.capacity();
            if (gate.holds() || !held.isEmpty() || tooManyPieces) {
                if (held.add(header, pad, body, number, System.nanoTime())) {
                    gate.waits(number);
                } else {
                    dropped++;
                }
                return;
            }
            vectors.clear();
            header.appendTo(vectors, 0, header.count());
            vectors.add(padding, 0, pad);
            body.appendTo(vectors, 0, body.count());
            write();
        } catch (IOException e) {
            refused(e);
        }
    }

    /** Lets out copies up to a number. Returns whether there are more of them. */
    boolean letOut(long sequence, HoldStats stats) {
        for (int i = 0; i < BATCH; i++) {
            if (held.isEmpty() || held.firstSequence() > sequence) {
                return false;
            }
            stats.record(System.nanoTime() - held.firstNanos());
            held.first(vectors);
            held.removeFirst();
            try {
                write();
            } catch (IOException e) {
                refused(e);
            }
        }
        return !held.isEmpty() && held.firstSequence() <= sequence;
    }

    private void write() throws IOException {
        if (tap.write(vectors) < 0) {
            dropped++;
        }
    }

    /** The link is down, or the guest's header makes no sense to the kernel: a network loses such frames. */
    private void refused(IOException e) {
        errors++;
        LOG.debug("{} refuses a frame", tap, e);
    }

    @Override
    public void close() {
        vectors.close();
        padding.close();
    }
}
