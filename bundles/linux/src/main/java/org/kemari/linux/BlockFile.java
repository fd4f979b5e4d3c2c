package org.kemari.linux;

import static org.kemari.linux.LinuxException.check;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.kemari.linux.internal.LibC;
import org.kemari.linux.internal.LibKemari;

/**
 * A raw disk image: a file or a block device, through the page cache. Threads: any number at once.
 *
 * <p>Offsets and lengths are in bytes. Transfers are whole: what the kernel cuts short is continued here.
 */
public final class BlockFile implements AutoCloseable {
    private static final int ZERO_BYTES = 1 << 20;

    private final Fd fd;
    private final boolean readOnly;
    private final boolean device;

    private BlockFile(Fd fd, boolean readOnly, boolean device) {
        this.fd = fd;
        this.readOnly = readOnly;
        this.device = device;
    }

    /** Opens an image; anything but a regular file or a block device is refused. */
    public static BlockFile open(Path path, boolean readOnly) throws IOException {
        Fd fd = Fd.open(path, readOnly ? OpenMode.READ : OpenMode.READ_WRITE);
        try {
            long kind = check(LibKemari.kemari_kind(fd.value()), "stat", path);
            if (kind == 0) {
                throw new IOException(path + " is neither a regular file nor a block device");
            }
            return new BlockFile(fd, readOnly, kind == 2);
        } catch (IOException e) {
            fd.close();
            throw e;
        }
    }

    /**
     * Which image this is.
     *
     * @param bytes its size
     * @param birth tells a file from another one that had its name before: made of inode number and time of birth, where the
     *     file system knows that; 0 for a block device
     */
    public record Identity(long bytes, long birth) {}

    /** Which image this is, with its size as it is now. A content that was replaced in place does not show. */
    public Identity identity() throws IOException {
        int number = fd.acquire();
        try {
            return new Identity(fd.size(), check(LibKemari.kemari_birth(number), "statx", fd));
        } finally {
            fd.release();
        }
    }

    /** Size in bytes, as it is now. */
    public long size() throws IOException {
        return fd.size();
    }

    public boolean isReadOnly() {
        return readOnly;
    }

    public boolean isDevice() {
        return device;
    }

    /** The unit in which the device writes without reading first, in bytes; a hint for the guest's driver. */
    public int physicalBlockBytes() throws IOException {
        int number = fd.acquire();
        try {
            return (int) check(LibKemari.kemari_sector_size(number, 1), "sector size of", fd);
        } finally {
            fd.release();
        }
    }

    /** Fills the vectors. Returns their bytes; less only at the end of the file. */
    public long read(IoVectors vectors, long offset) throws IOException {
        int number = fd.acquire();
        try {
            return check(LibKemari.kemari_read_vectors(number, vectors.address(), vectors.count(), offset), "read", fd);
        } finally {
            fd.release();
        }
    }

    /** Writes all of the vectors into the page cache. Returns their bytes. */
    public long write(IoVectors vectors, long offset) throws IOException {
        int number = fd.acquire();
        try {
            return check(
                    LibKemari.kemari_write_vectors(number, vectors.address(), vectors.count(), offset), "write", fd);
        } finally {
            fd.release();
        }
    }

    /** Fills the vectors if the page cache has everything; false, with nothing to be relied on, if it would block. */
    public boolean tryReadCached(IoVectors vectors, long offset) throws IOException {
        int number = fd.acquire();
        try {
            return check(
                            LibKemari.kemari_read_cached(
                                    number, vectors.address(), vectors.count(), offset, vectors.bytes()),
                            "read",
                            fd)
                    == 1;
        } finally {
            fd.release();
        }
    }

    /** Reads into what remains of the buffer. Returns the bytes; less only at the end of the file. */
    public int read(ByteBuffer destination, long offset) throws IOException {
        if (!destination.isDirect()) {
            ByteBuffer copy = ByteBuffer.allocateDirect(destination.remaining());
            int length = read(copy, offset);
            destination.put(copy.flip());
            return length;
        }
        int number = fd.acquire();
        try {
            int length = (int) check(
                    LibKemari.kemari_read_at(number, address(destination), destination.remaining(), offset),
                    "read",
                    fd);
            destination.position(destination.position() + length);
            return length;
        } finally {
            fd.release();
        }
    }

    /** Writes what remains of the buffer. Returns the bytes. */
    public int write(ByteBuffer source, long offset) throws IOException {
        if (!source.isDirect()) {
            ByteBuffer copy = ByteBuffer.allocateDirect(source.remaining());
            return write(copy.put(source).flip(), offset);
        }
        int number = fd.acquire();
        try {
            int length = (int)
                    check(LibKemari.kemari_write_at(number, address(source), source.remaining(), offset), "write", fd);
            source.position(source.position() + length);
            return length;
        } finally {
            fd.release();
        }
    }

    /** Reads a whole piece of memory. */
    public void readFully(NativeMemory destination, long at, long length, long offset) throws IOException {
        int number = fd.acquire();
        try {
            long address = destination.writableAt(at, length);
            if (check(LibKemari.kemari_read_at(number, address, length, offset), "read", fd) < length) {
                throw new EOFException(fd + " ends before " + (offset + length));
            }
        } finally {
            fd.release();
        }
    }

    /** Writes a whole piece of memory. */
    public void writeFully(NativeMemory source, long at, long length, long offset) throws IOException {
        int number = fd.acquire();
        try {
            check(LibKemari.kemari_write_at(number, source.at(at, length), length, offset), "write", fd);
        } finally {
            fd.release();
        }
    }

    /** Returns when all that was written before is on stable storage. */
    public void flush() throws IOException {
        int number = fd.acquire();
        try {
            check(LibKemari.kemari_flush(number), "flush", fd);
        } finally {
            fd.release();
        }
    }

    /** Tells the storage that a range is not needed any more. Where that is unsupported, nothing happens. */
    public void discard(long offset, long length) throws IOException {
        if (length == 0) {
            return;
        }
        int number = fd.acquire();
        try {
            check(LibKemari.kemari_discard(number, offset, length), "discard", fd);
        } finally {
            fd.release();
        }
    }

    /**
     * Makes a range read as zeroes, by the storage's own means or by writing them.
     *
     * @param mayUnmap whether the range may lose its place on the storage
     */
    public void writeZeroes(long offset, long length, boolean mayUnmap) throws IOException {
        if (length == 0) {
            return;
        }
        int number = fd.acquire();
        try {
            if (check(LibKemari.kemari_write_zeroes(number, offset, length, mayUnmap ? 1 : 0), "write zeroes to", fd)
                    == 1) {
                return;
            }
            try (NativeMemory zeroes = NativeMemory.allocate(Math.min(length, ZERO_BYTES))) {
                for (long done = 0; done < length; done += zeroes.size()) {
                    long part = Math.min(zeroes.size(), length - done);
                    check(LibKemari.kemari_write_at(number, zeroes.address(), part, offset + done), "write", fd);
                }
            }
        } finally {
            fd.release();
        }
    }

    /**
     * Where the next data begins, at this offset or after it: what is before reads as zeroes. The size if there is none.
     * Where the file system or device does not tell, everything is data.
     */
    public long nextData(long offset) throws IOException {
        return seek(offset, LibC.SEEK_DATA);
    }

    /** Where the data at this offset ends at the latest: a hole begins there, or the file ends. */
    public long nextHole(long offset) throws IOException {
        return seek(offset, LibC.SEEK_HOLE);
    }

    private long seek(long offset, int whence) throws IOException {
        long size = size();
        long whatNobodyTells = whence == LibC.SEEK_DATA ? offset : size;
        if (device || offset >= size) {
            return offset >= size ? size : whatNobodyTells;
        }
        int number = fd.acquire();
        try {
            return Math.min(size, LibC.lseek(number, offset, whence));
        } catch (LastErrorException e) {
            if (e.getErrorCode() == LibC.ENXIO) {
                return size;
            }
            if (e.getErrorCode() == LinuxException.EINVAL) {
                return whatNobodyTells;
            }
            throw new LinuxException(e.getErrorCode(), "seek in", fd);
        } finally {
            fd.release();
        }
    }

    private static long address(ByteBuffer direct) {
        return Pointer.nativeValue(Native.getDirectBufferPointer(direct)) + direct.position();
    }

    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return fd.toString();
    }
}
