package org.kemari.virtio.block;

import static org.kemari.virtio.block.BlockConfig.SECTOR_BYTES;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.kemari.virtio.ring.DescriptorChain;
import org.kemari.virtio.ring.GuestMemory;
import org.kemari.virtio.ring.RingException;
import org.kemari.virtio.ring.Segments;

/**
 * A request of a block device (virtio 1.2, 5.2.6), read once from its chain and checked. Reusable, and independent of the
 * chain once parsed. Not thread-safe.
 *
 * <p>A request that is well-formed but cannot be done has a {@link #verdict()} other than {@link BlockStatus#OK}: nothing
 * is executed, the guest gets that status.
 */
public final class BlockRequest {
    /** What is asked for. */
    public enum Type {
        READ,
        WRITE,
        FLUSH,
        GET_ID,
        DISCARD,
        WRITE_ZEROES,
        /** Nothing that we know. */
        OTHER;

        /** Whether it changes the disk. */
        public boolean changesDisk() {
            return this == WRITE || this == DISCARD || this == WRITE_ZEROES;
        }

        /** Whether the outside can see that it was done. */
        public boolean isOutput() {
            return changesDisk() || this == FLUSH;
        }
    }

    private static final int HEADER_BYTES = 16;
    private static final int RANGE_BYTES = 16;
    private static final int UNMAP = 1;

    private final Segments data = new Segments();
    private final Segments statusByte = new Segments();
    private final long[] rangeSectors = new long[BlockConfig.MAX_RANGES];
    private final int[] rangeLengths = new int[BlockConfig.MAX_RANGES];
    private final boolean[] rangeUnmaps = new boolean[BlockConfig.MAX_RANGES];
    private int ranges;
    private int head;
    private Type type = Type.OTHER;
    private long sector;
    private BlockStatus verdict = BlockStatus.UNSUPPORTED;
    private String fault = "";

    /**
     * Reads a request.
     *
     * @param guest memory that the chain is in
     * @throws RingException if there is no whole header or no room for the status: such a request cannot even be failed
     */
    public void parse(GuestMemory guest, DescriptorChain chain, BlockConfig config) throws RingException {
        Segments in = chain.readable();
        Segments out = chain.writable();
        head = chain.head();
        if (in.bytes() < HEADER_BYTES) {
            throw new RingException("block request at descriptor " + head + ": header of " + in.bytes() + " bytes");
        }
        if (out.bytes() == 0) {
            throw new RingException("block request at descriptor " + head + ": no room for the status");
        }
        int code = in.getInt(0);
        sector = in.getLong(8);
        ranges = 0;
        verdict = BlockStatus.OK;
        fault = "";
        type = typeOf(code);
        data.clear(guest);
        statusByte.clear(guest);
        statusByte.addRange(out, out.bytes() - 1, 1);
        switch (type) {
            case READ -> {
                data.addRange(out, 0, out.bytes() - 1);
                checkTransfer(config);
            }
            case WRITE -> {
                data.addRange(in, HEADER_BYTES, in.bytes() - HEADER_BYTES);
                checkTransfer(config);
                checkWritable(config);
            }
            case DISCARD, WRITE_ZEROES -> {
                readRanges(in, config);
                checkWritable(config);
            }
            case GET_ID -> data.addRange(out, 0, out.bytes() - 1);
            case FLUSH -> {}
            case OTHER -> refuse(BlockStatus.UNSUPPORTED, "type " + Integer.toUnsignedString(code));
        }
    }

    private static Type typeOf(int code) {
        return switch (code) {
            case 0 -> Type.READ;
            case 1 -> Type.WRITE;
            case 4 -> Type.FLUSH;
            case 8 -> Type.GET_ID;
            case 11 -> Type.DISCARD;
            case 13 -> Type.WRITE_ZEROES;
            default -> Type.OTHER;
        };
    }

    private void checkTransfer(BlockConfig config) {
        if (data.bytes() % SECTOR_BYTES != 0) {
            refuse(BlockStatus.IO_ERROR, data.bytes() + " bytes are no whole number of sectors");
        } else if (!config.holds(sector, data.bytes() / SECTOR_BYTES)) {
            refuse(BlockStatus.IO_ERROR, beyond(sector, data.bytes() / SECTOR_BYTES, config));
        }
    }

    private void checkWritable(BlockConfig config) {
        if (config.readOnly() && verdict == BlockStatus.OK) {
            refuse(BlockStatus.IO_ERROR, "the disk is read-only");
        }
    }

    private void readRanges(Segments in, BlockConfig config) {
        long length = in.bytes() - HEADER_BYTES;
        if (length == 0 || length % RANGE_BYTES != 0 || length / RANGE_BYTES > BlockConfig.MAX_RANGES) {
            refuse(BlockStatus.IO_ERROR, "ranges of " + length + " bytes");
            return;
        }
        long most = type == Type.DISCARD ? BlockConfig.MAX_DISCARD_SECTORS : BlockConfig.MAX_WRITE_ZEROES_SECTORS;
        for (int i = 0; i < length / RANGE_BYTES; i++) {
            long at = HEADER_BYTES + (long) i * RANGE_BYTES;
            long first = in.getLong(at);
            long sectors = in.getInt(at + 8) & 0xffffffffL;
            int flags = in.getInt(at + 12);
            if ((flags & ~UNMAP) != 0 || (type == Type.DISCARD && flags != 0)) {
                refuse(BlockStatus.UNSUPPORTED, "range flags " + flags);
                return;
            }
            if (sectors > most) {
                refuse(BlockStatus.IO_ERROR, "a range of " + sectors + " sectors");
                return;
            }
            if (!config.holds(first, sectors)) {
                refuse(BlockStatus.IO_ERROR, beyond(first, sectors, config));
                return;
            }
            rangeSectors[i] = first;
            rangeLengths[i] = (int) sectors;
            rangeUnmaps[i] = flags == UNMAP;
            ranges = i + 1;
        }
    }

    private static String beyond(long first, long sectors, BlockConfig config) {
        return sectors + " sectors at " + Long.toUnsignedString(first) + " of " + config.capacitySectors();
    }

    private void refuse(BlockStatus status, String reason) {
        verdict = status;
        fault = reason;
        ranges = 0;
    }

    /** Index of the first descriptor. */
    public int head() {
        return head;
    }

    public Type type() {
        return type;
    }

    /** {@link BlockStatus#OK} if the request can be executed, otherwise what to answer. */
    public BlockStatus verdict() {
        return verdict;
    }

    /** Why the verdict is not OK, for people; otherwise empty. */
    public String fault() {
        return fault;
    }

    /** Where reads and writes begin on the disk, in bytes. Only for those, with an OK verdict. */
    public long offset() {
        return sector * SECTOR_BYTES;
    }

    /** What is read from or written to the disk, or takes the serial number; without header and status. */
    public Segments data() {
        return data;
    }

    /** Number of ranges of a discard or write-zeroes. */
    public int ranges() {
        return ranges;
    }

    /** Where a range begins on the disk, in bytes. */
    public long rangeOffset(int index) {
        return rangeSectors[Objects.checkIndex(index, ranges)] * SECTOR_BYTES;
    }

    /** Length of a range in bytes, 0 or more. */
    public long rangeLength(int index) {
        return (long) rangeLengths[Objects.checkIndex(index, ranges)] * SECTOR_BYTES;
    }

    /** Whether a range of a write-zeroes may be deallocated. */
    public boolean rangeMayUnmap(int index) {
        return rangeUnmaps[Objects.checkIndex(index, ranges)];
    }

    /** Whether an executable request touches bytes of the disk that another one touches too. */
    public boolean overlaps(BlockRequest other) {
        for (int i = 0; i < extents(); i++) {
            for (int j = 0; j < other.extents(); j++) {
                if (extentOffset(i) < other.extentOffset(j) + other.extentLength(j)
                        && other.extentOffset(j) < extentOffset(i) + extentLength(i)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Number of pieces of the disk that an executable request touches: ranges, or one for a read or write. */
    public int extents() {
        return switch (type) {
            case READ, WRITE -> verdict == BlockStatus.OK && data.bytes() > 0 ? 1 : 0;
            default -> ranges;
        };
    }

    /** Where a touched piece begins, in bytes. */
    public long extentOffset(int index) {
        return ranges > 0 ? rangeOffset(index) : offset();
    }

    /** Length of a touched piece, in bytes. */
    public long extentLength(int index) {
        return ranges > 0 ? rangeLength(index) : data.bytes();
    }

    /** Answers a {@link Type#GET_ID}: the serial number, filled up with zeroes, as far as there is room. */
    public void writeId(String serial) {
        byte[] id = new byte[BlockConfig.ID_BYTES];
        byte[] ascii = serial.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(ascii, 0, id, 0, Math.min(ascii.length, id.length));
        data.copyFrom(0, ByteBuffer.wrap(id, 0, (int) Math.min(id.length, data.bytes())));
    }

    /**
     * Writes the status byte.
     *
     * @return the number of bytes to give back with the request in the used ring
     */
    public long complete(BlockStatus status) {
        statusByte.putByte(0, status.code());
        boolean filled = status == BlockStatus.OK && (type == Type.READ || type == Type.GET_ID);
        return filled ? data.bytes() + 1 : 1;
    }
}
