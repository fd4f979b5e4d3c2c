package org.kemari.statetransfer.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.kemari.api.transfer.ImageId;
import org.kemari.linux.Boot;
import org.kemari.linux.NativeMemory;
import org.kemari.linux.PageCapture;

/**
 * The note that a primary leaves beside its RAM file after a switchover: which checkpoint the file holds, and which of
 * its pages have changed since. It counts until the machine is started again; then nobody knows what of the RAM file has
 * reached its disk.
 *
 * <pre>
 *    0  8  magic "KMRIMAGE"
 *    8  4  version
 *   12  4  CRC-32C of the header with this field 0, and the bitmap
 *   16 16  the kernel's boot id
 *   32  8  session      40  8  epoch      48  8  size of the memory in bytes      56  8  0
 *   64     one bit per page of 4 KiB that has changed, in words of 64; all numbers are little-endian
 * </pre>
 */
public final class RetainedImage implements AutoCloseable {
    private static final long MAGIC = 0x4547_414d_4952_4d4bL;
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 64;
    private static final int CRC_OFFSET = 12;
    private static final int PIECE_BYTES = 1 << 20;

    private final ImageId id;
    private final long memoryBytes;
    private final NativeMemory changed;

    private RetainedImage(ImageId id, long memoryBytes, NativeMemory changed) {
        this.id = id;
        this.memoryBytes = memoryBytes;
        this.changed = changed;
    }

    /** The checkpoint. */
    public ImageId id() {
        return id;
    }

    /** Size of the memory. */
    public long memoryBytes() {
        return memoryBytes;
    }

    /** The bitmap; still owned by this. */
    public NativeMemory changed() {
        return changed;
    }

    /**
     * Writes the note, as a whole or not at all.
     *
     * @param changed one bit per page, as {@link PageCapture#pendingBits}
     */
    public static void write(Path file, ImageId id, long memoryBytes, NativeMemory changed) throws IOException {
        UUID boot = bootId();
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(MAGIC).putInt(VERSION).putInt(0);
        header.putLong(boot.getMostSignificantBits()).putLong(boot.getLeastSignificantBits());
        header.putLong(id.session()).putLong(id.epoch()).putLong(memoryBytes).putLong(0);
        long bytes = bitmapBytes(memoryBytes);
        header.putInt(CRC_OFFSET, checksum(header, changed, bytes));
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel out = FileChannel.open(
                fresh,
                EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            writeFully(out, header.clear());
            for (long at = 0; at < bytes; at += PIECE_BYTES) {
                writeFully(out, changed.buffer(at, (int) Math.min(PIECE_BYTES, bytes - at)));
            }
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Reads a note.
     *
     * @param expected the checkpoint that it must be about
     * @param memoryBytes the size that the memory must have
     * @throws IOException if there is none, or it is not this one, or not whole; the message says which
     */
    public static RetainedImage read(Path file, ImageId expected, long memoryBytes) throws IOException {
        long bytes = bitmapBytes(memoryBytes);
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            if (in.size() != HEADER_BYTES + bytes) {
                throw new IOException(file + " has " + in.size() + " bytes, not the " + (HEADER_BYTES + bytes)
                        + " for a memory of " + memoryBytes);
            }
            ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            readFully(in, header);
            check(file, header.clear(), expected, memoryBytes);
            NativeMemory changed = NativeMemory.allocate(bytes);
            try {
                for (long at = 0; at < bytes; at += PIECE_BYTES) {
                    readFully(in, changed.buffer(at, (int) Math.min(PIECE_BYTES, bytes - at)));
                }
                int crc = header.getInt(CRC_OFFSET);
                if (crc != checksum(header.putInt(CRC_OFFSET, 0), changed, bytes)) {
                    throw new IOException(file + " is damaged");
                }
                return new RetainedImage(expected, memoryBytes, changed);
            } catch (IOException | RuntimeException e) {
                changed.close();
                throw e;
            }
        }
    }

    private static void check(Path file, ByteBuffer header, ImageId expected, long memoryBytes) throws IOException {
        if (header.getLong() != MAGIC || header.getInt() != VERSION) {
            throw new IOException(file + " is no note of this version about a kept memory");
        }
        header.getInt();
        if (!new UUID(header.getLong(), header.getLong()).equals(bootId())) {
            throw new IOException(file + " is from before the machine was started");
        }
        ImageId found = new ImageId(header.getLong(), header.getLong());
        if (!found.equals(expected)) {
            throw new IOException(file + " is about checkpoint " + found.epoch() + " of session " + found.session()
                    + ", not " + expected.epoch() + " of " + expected.session());
        }
        if (header.getLong() != memoryBytes) {
            throw new IOException(file + " is about a memory of another size");
        }
    }

    private static int checksum(ByteBuffer header, NativeMemory bitmap, long bytes) {
        CRC32C crc = new CRC32C();
        crc.update(header.duplicate().clear());
        for (long at = 0; at < bytes; at += PIECE_BYTES) {
            crc.update(bitmap.buffer(at, (int) Math.min(PIECE_BYTES, bytes - at)));
        }
        return (int) crc.getValue();
    }

    private static long bitmapBytes(long memoryBytes) {
        return (memoryBytes / PageCapture.PAGE_BYTES + 63) / 64 * 8;
    }

    private static UUID bootId() throws IOException {
        return UUID.fromString(Boot.id());
    }

    private static void writeFully(FileChannel out, ByteBuffer source) throws IOException {
        while (source.hasRemaining()) {
            out.write(source);
        }
    }

    private static void readFully(FileChannel in, ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            if (in.read(target) < 0) {
                throw new IOException("the file has become shorter");
            }
        }
    }

    @Override
    public void close() {
        changed.close();
    }
}
