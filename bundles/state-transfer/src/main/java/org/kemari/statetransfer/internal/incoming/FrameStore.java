package org.kemari.statetransfer.internal.incoming;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.kemari.api.tap.FrameBatch;
import org.kemari.api.tap.LoggedFrames;
import org.kemari.statetransfer.internal.wire.WireException;

/**
 * What the standby keeps of the guest's network: of each NIC the frames that the primary's guest has received and the guest
 * of the last committed checkpoint has not, in the order of their numbers, and the packets of the last checkpoint that was
 * applied. Bounded; what does not fit is left out. Any thread.
 */
final class FrameStore {
    /** For the frames of one NIC: what the primary sends of several epochs. */
    static final int NIC_BYTES = 1 << 20;
    /** However small they are. */
    static final int NIC_FRAMES = 8192;
    /** For the packets of a checkpoint. */
    static final int HELD_BYTES = 1 << 20;

    private final List<Nic> nics = new ArrayList<>();
    private final List<FrameBatch> held = new ArrayList<>();
    private ByteBuffer heldBytes = ByteBuffer.allocate(0);
    private long dropped;

    /** Frames, each with its length before it, in one piece of memory that is used round and round. */
    private static final class Nic {
        private final int number;
        private ByteBuffer ring = ByteBuffer.allocate(0);
        private long[] numbers = {};
        private int[] offsets = {};
        private int[] lengths = {};
        private int first;
        private int count;
        private int write;
        private long last;
        /** The last one that the committed guest has. */
        private long floor;

        Nic(int number) {
            this.number = number;
        }

        boolean add(long frame, ByteBuffer from, int position, int length) {
            if (ring.capacity() == 0) {
                ring = ByteBuffer.allocateDirect(NIC_BYTES);
                numbers = new long[NIC_FRAMES];
                offsets = new int[NIC_FRAMES];
                lengths = new int[NIC_FRAMES];
            }
            int at = place(length);
            if (frame <= last || count == NIC_FRAMES || at < 0) {
                return false;
            }
            ring.put(at, from, position, length);
            int slot = (first + count++) % NIC_FRAMES;
            numbers[slot] = frame;
            offsets[slot] = at;
            lengths[slot] = length;
            write = at + length;
            last = frame;
            return true;
        }

        /** Where there is room for so many bytes in one piece; -1 if nowhere. */
        private int place(int length) {
            if (count == 0) {
                return 0;
            }
            int read = offsets[first];
            if (write > read) {
                return length <= NIC_BYTES - write ? write : length < read ? 0 : -1;
            }
            return length < read - write ? write : -1;
        }

        void drop(long upTo) {
            floor = Math.max(floor, upTo);
            while (count > 0 && numbers[first] <= floor) {
                first = (first + 1) % NIC_FRAMES;
                count--;
            }
        }

        void copyTo(List<FrameBatch> target) {
            for (int i = 0; i < count; i++) {
                int slot = (first + i) % NIC_FRAMES;
                byte[] copy = new byte[lengths[slot]];
                ring.get(offsets[slot], copy);
                target.add(new FrameBatch(number, numbers[slot], ByteBuffer.wrap(copy)));
            }
        }
    }

    FrameStore(int nicCount) {
        for (int i = 0; i < nicCount; i++) {
            nics.add(new Nic(i));
        }
    }

    /** Keeps frames that have been {@link FrameBatch#count}ed. Those whose numbers do not grow are of no use. */
    synchronized void add(FrameBatch batch) throws WireException {
        check(batch);
        Nic nic = nics.get(batch.nic());
        ByteBuffer data = batch.data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
        long number = batch.first();
        for (int at = data.position(); at < data.limit(); number++) {
            int length = Integer.BYTES + data.getInt(at);
            if (number > nic.floor && !nic.add(number, data, at, length)) {
                dropped++;
            }
            at += length;
        }
    }

    /** Whether it is for one of the domain's NICs. */
    void check(FrameBatch batch) throws WireException {
        if (batch.nic() >= nics.size()) {
            throw new WireException("frames of NIC " + batch.nic() + " of " + nics.size());
        }
    }

    /** A checkpoint is committed whose guest has received so much. */
    synchronized void committed(List<Long> delivered) {
        for (int i = 0; i < Math.min(delivered.size(), nics.size()); i++) {
            nics.get(i).drop(delivered.get(i));
        }
    }

    /** A checkpoint is being applied: these packets are its own, those of the one before have been let out. */
    synchronized void applied(List<FrameBatch> packets) {
        held.clear();
        long needed = packets.stream().mapToLong(p -> p.data().remaining()).sum();
        if (needed > HELD_BYTES) {
            return;
        }
        if (heldBytes.capacity() < needed) {
            heldBytes = ByteBuffer.allocateDirect((int) (needed + needed / 4));
        }
        heldBytes.clear();
        for (FrameBatch batch : packets) {
            int begin = heldBytes.position();
            heldBytes.put(batch.data().duplicate());
            held.add(new FrameBatch(batch.nic(), 0, heldBytes.slice(begin, heldBytes.position() - begin)));
        }
    }

    /** What there is. Nothing changes any more when the session is sealed. */
    synchronized LoggedFrames all() {
        List<FrameBatch> received = new ArrayList<>();
        for (Nic nic : nics) {
            nic.copyTo(received);
        }
        return new LoggedFrames(received, held);
    }

    /** Frames left out for want of room, or because of their numbers. */
    synchronized long dropped() {
        return dropped;
    }
}
