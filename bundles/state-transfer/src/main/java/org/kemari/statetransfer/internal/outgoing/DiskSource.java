package org.kemari.statetransfer.internal.outgoing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.kemari.linux.BlockFile;
import org.kemari.linux.DirtyBitmap;
import org.kemari.linux.NativeMemory;
import org.kemari.statetransfer.internal.wire.WireMessage;

/**
 * A mirrored disk on the primary: sends all of it, or what the tap has marked as written. Marks are taken before the
 * content is read, and the tap marks before and after it writes; so whatever was read while it was being written is
 * marked again. One thread.
 */
final class DiskSource implements AutoCloseable {
    /** What one bit of the extents file stands for. */
    static final int EXTENT_BYTES = 64 << 10;

    private static final int PIECE_BYTES = 256 << 10;

    private final int index;
    private final long sizeBytes;
    private final BlockFile file;
    private final DirtyBitmap extents;
    private final NativeMemory piece;

    private DiskSource(int index, long sizeBytes, BlockFile file, DirtyBitmap extents, NativeMemory piece) {
        this.index = index;
        this.sizeBytes = sizeBytes;
        this.file = file;
        this.extents = extents;
        this.piece = piece;
    }

    /**
     * Opens a disk.
     *
     * @param index in the identity
     * @param sizeBytes as agreed upon
     * @param extentsFile where the tap marks what it writes
     */
    static DiskSource open(int index, Path path, long sizeBytes, Path extentsFile) throws IOException {
        BlockFile file = BlockFile.open(path, true);
        try {
            long size = file.size();
            if (size < sizeBytes) {
                throw new IOException(path + " has become smaller: " + size + " bytes instead of " + sizeBytes);
            }
            DirtyBitmap extents = DirtyBitmap.open(extentsFile, (size + EXTENT_BYTES - 1) / EXTENT_BYTES);
            try {
                return new DiskSource(index, sizeBytes, file, extents, NativeMemory.allocate(PIECE_BYTES));
            } catch (IOException e) {
                extents.close();
                throw e;
            }
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    long sizeBytes() {
        return sizeBytes;
    }

    /** Bytes that are marked at present. */
    long dirtyBytes() {
        return extents.count() * EXTENT_BYTES;
    }

    /** Sends all of the disk. The tap tracks writes already. */
    void sendAll(PageFrames.Sink sink, LongConsumer advanced) throws IOException {
        extents.clearAll();
        sendRange(0, sizeBytes, sink, advanced);
    }

    /** Sends what is marked, and unmarks it. */
    void sendDirty(PageFrames.Sink sink, LongConsumer advanced) throws IOException {
        for (long word = 0; word < extents.words(); word++) {
            long bits = extents.takeWord(word);
            while (bits != 0) {
                int first = Long.numberOfTrailingZeros(bits);
                int count = Math.min(64 - first, Long.numberOfTrailingZeros(~(bits >>> first)));
                bits = first + count == 64 ? 0 : bits >>> (first + count) << (first + count);
                long begin = (word * 64 + first) * EXTENT_BYTES;
                sendRange(begin, Math.min(sizeBytes, begin + (long) count * EXTENT_BYTES), sink, advanced);
            }
        }
    }

    private void sendRange(long begin, long end, PageFrames.Sink sink, LongConsumer advanced) throws IOException {
        long zeroesFrom = begin;
        for (long offset = begin; offset < end; ) {
            int length = (int) Math.min(PIECE_BYTES, end - offset);
            file.readFully(piece, 0, length, offset);
            if (!piece.isZero(0, length)) {
                sendZeroes(zeroesFrom, offset, sink);
                sink.write(new WireMessage.Disk(index, offset, piece.buffer(0, length)));
                zeroesFrom = offset + length;
            }
            offset += length;
            advanced.accept(length);
        }
        sendZeroes(zeroesFrom, end, sink);
    }

    private void sendZeroes(long begin, long end, PageFrames.Sink sink) throws IOException {
        if (end > begin) {
            sink.write(new WireMessage.DiskZero(index, begin, end - begin));
        }
    }

    @Override
    public void close() {
        file.close();
        extents.close();
        piece.close();
    }
}
