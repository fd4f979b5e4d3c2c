package org.kemari.linux;

import static org.kemari.linux.LinuxException.check;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.kemari.linux.internal.LibKemari;

/**
 * The reading end of a named pipe (pipe(7)) that another process writes. Its capacity decides how far the writer gets before
 * something is read. Reading never blocks.
 *
 * <p>Threads: one at a time.
 */
public final class NamedPipe implements AutoCloseable {
    private final Path path;
    private final Fd fd;

    private NamedPipe(Path path, Fd fd) {
        this.path = path;
        this.fd = fd;
    }

    /** Makes a pipe, for this user only, in place of what is there. */
    public static NamedPipe create(Path path) throws IOException {
        Files.deleteIfExists(path);
        int result = LibKemari.kemari_fifo(path.toString());
        return new NamedPipe(path, Fd.own(check(result, "make the pipe", path), path.toString()));
    }

    /** What is to be opened for writing. */
    public Path path() {
        return path;
    }

    /**
     * Sets how much the pipe takes; wakes a writer that waits for room.
     *
     * @return the capacity in bytes that it has now: a power of two of at least one page, and of at least what was asked for
     * @throws LinuxException EPERM beyond /proc/sys/fs/pipe-max-size without CAP_SYS_RESOURCE; EBUSY if more is in it
     */
    public int setCapacity(int bytes) throws IOException {
        int number = fd.acquire();
        try {
            return (int) check(LibKemari.kemari_pipe_capacity(number, bytes), "set the capacity of", path);
        } finally {
            fd.release();
        }
    }

    /**
     * Reads what is there, as far as there is room.
     *
     * @param direct a direct buffer, filled from its position
     * @return number of bytes; 0 if nothing is there, or nobody writes
     */
    public int read(ByteBuffer direct) throws IOException {
        int number = fd.acquire();
        try {
            long address = Pointer.nativeValue(Native.getDirectBufferPointer(direct)) + direct.position();
            long count = LibKemari.kemari_pipe_read(number, address, direct.remaining());
            if (count == -LinuxException.EAGAIN) {
                return 0;
            }
            check(count, "read", path);
            direct.position(direct.position() + (int) count);
            return (int) count;
        } finally {
            fd.release();
        }
    }

    /** A writer gets EPIPE from now on. The name goes, too. */
    @Override
    public void close() throws IOException {
        fd.close();
        Files.deleteIfExists(path);
    }
}
