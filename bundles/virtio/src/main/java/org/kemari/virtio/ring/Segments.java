package org.kemari.virtio.ring;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.kemari.linux.IoVectors;
import org.kemari.linux.NativeMemory;

/**
 * A sequence of pieces of guest memory that together are one buffer. Reusable: it grows to the largest buffer it has seen
 * and allocates nothing after that. All pieces have been checked against the layout of guest memory. Not thread-safe.
 */
public final class Segments {
    private static final int INITIAL = 16;

    private NativeMemory[] memories = new NativeMemory[INITIAL];
    private long[] offsets = new long[INITIAL];
    private long[] fileOffsets = new long[INITIAL];
    private long[] lengths = new long[INITIAL];
    private int count;
    private long bytes;
    private GuestMemory guest;

    /** Makes it empty, for pieces of this guest's memory. */
    public void clear(GuestMemory memory) {
        guest = Objects.requireNonNull(memory);
        count = 0;
        bytes = 0;
    }

    void add(NativeMemory memory, long offset, long fileOffset, long length) {
        if (count == lengths.length) {
            memories = Arrays.copyOf(memories, count * 2);
            offsets = Arrays.copyOf(offsets, count * 2);
            fileOffsets = Arrays.copyOf(fileOffsets, count * 2);
            lengths = Arrays.copyOf(lengths, count * 2);
        }
        memories[count] = memory;
        offsets[count] = offset;
        fileOffsets[count] = fileOffset;
        lengths[count++] = length;
        bytes += length;
    }

    /**
     * Appends a part of another buffer of the same guest.
     *
     * @param skip number of leading bytes of {@code from} to leave out
     * @param length number of bytes to take
     */
    public void addRange(Segments from, long skip, long length) {
        Objects.checkFromIndexSize(skip, length, from.bytes);
        long toSkip = skip;
        long left = length;
        for (int i = 0; left > 0; i++) {
            long piece = from.lengths[i] - Math.min(toSkip, from.lengths[i]);
            if (piece > 0) {
                piece = Math.min(piece, left);
                add(from.memories[i], from.offsets[i] + toSkip, from.fileOffsets[i] + toSkip, piece);
                left -= piece;
                toSkip = 0;
            } else {
                toSkip -= from.lengths[i];
            }
        }
    }

    /** Number of pieces. */
    public int count() {
        return count;
    }

    /** Number of bytes of all pieces. */
    public long bytes() {
        return bytes;
    }

    /** Mapping that holds a piece. */
    public NativeMemory memory(int index) {
        return memories[Objects.checkIndex(index, count)];
    }

    /** Where a piece begins in its mapping. */
    public long offset(int index) {
        return offsets[Objects.checkIndex(index, count)];
    }

    /** Number of bytes of a piece, more than 0. */
    public long length(int index) {
        return lengths[Objects.checkIndex(index, count)];
    }

    /** Appends some of the pieces to a vector for the kernel. */
    public void appendTo(IoVectors vectors, int first, int pieces) {
        Objects.checkFromIndexSize(first, pieces, count);
        for (int i = first; i < first + pieces; i++) {
            vectors.add(memories[i], offsets[i], lengths[i]);
        }
    }

    /** Marks the pages of the first bytes of the buffer as written, as far as it goes. */
    public void markDirty(long length) {
        long left = length;
        for (int i = 0; i < count && left > 0; i++) {
            long piece = Math.min(left, lengths[i]);
            guest.markDirty(fileOffsets[i], piece);
            left -= piece;
        }
    }

    /** Marks all pages of the buffer as written; to be called before and after somebody else writes to it. */
    public void markDirty() {
        for (int i = 0; i < count; i++) {
            guest.markDirty(fileOffsets[i], lengths[i]);
        }
    }

    /** One byte. */
    public byte getByte(long position) {
        Objects.checkIndex(position, bytes);
        long left = position;
        int i = 0;
        while (left >= lengths[i]) {
            left -= lengths[i++];
        }
        return memories[i].getByte(offsets[i] + left);
    }

    /** A little-endian number that may be spread over pieces. */
    public int getInt(long position) {
        return (int) number(position, Integer.BYTES);
    }

    /** A little-endian number that may be spread over pieces. */
    public long getLong(long position) {
        return number(position, Long.BYTES);
    }

    private long number(long position, int size) {
        long value = 0;
        for (int i = 0; i < size; i++) {
            value |= (getByte(position + i) & 0xffL) << (8 * i);
        }
        return value;
    }

    /** Writes one byte, with its page marked. */
    public void putByte(long position, byte value) {
        Objects.checkIndex(position, bytes);
        long left = position;
        int i = 0;
        while (left >= lengths[i]) {
            left -= lengths[i++];
        }
        guest.markDirty(fileOffsets[i] + left, 1);
        memories[i].putByte(offsets[i] + left, value);
        guest.markDirty(fileOffsets[i] + left, 1);
    }

    /** Copies what remains in {@code target} from here, starting at a position. */
    public void copyTo(long position, ByteBuffer target) {
        Objects.checkFromIndexSize(position, target.remaining(), bytes);
        long skip = position;
        int limit = target.limit();
        for (int i = 0; target.position() < limit; i++) {
            long piece = Math.min(lengths[i] - Math.min(skip, lengths[i]), limit - target.position());
            if (piece > 0) {
                target.limit(target.position() + (int) piece);
                memories[i].copyTo(offsets[i] + skip, target);
                target.limit(limit);
                skip = 0;
            } else {
                skip -= lengths[i];
            }
        }
    }

    /** Copies what remains in {@code source} to here, starting at a position, with the pages marked. */
    public void copyFrom(long position, ByteBuffer source) {
        Objects.checkFromIndexSize(position, source.remaining(), bytes);
        long skip = position;
        int limit = source.limit();
        for (int i = 0; source.position() < limit; i++) {
            long piece = Math.min(lengths[i] - Math.min(skip, lengths[i]), limit - source.position());
            if (piece > 0) {
                source.limit(source.position() + (int) piece);
                guest.markDirty(fileOffsets[i] + skip, piece);
                memories[i].copyFrom(offsets[i] + skip, source);
                guest.markDirty(fileOffsets[i] + skip, piece);
                source.limit(limit);
                skip = 0;
            } else {
                skip -= lengths[i];
            }
        }
    }
}
