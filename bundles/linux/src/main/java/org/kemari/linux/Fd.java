package org.kemari.linux;

import static org.kemari.linux.LinuxException.check;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.kemari.linux.internal.LibKemari;

/**
 * An owned file descriptor, close-on-exec.
 *
 * <p>Threads: all methods may be called by any thread. Closing while others use the descriptor lets these uses finish
 * first, so its number cannot come to mean another file under them. A closed descriptor throws {@link IOException}
 * (from {@link #value()}: {@link IllegalStateException}).
 */
public final class Fd implements AutoCloseable {
    private static final int CLOSED = Integer.MIN_VALUE;

    private final int number;
    private final String name;
    /** Uses under way; plus CLOSED once it must not be used any more. */
    private final AtomicInteger uses = new AtomicInteger();

    private Fd(int number, String name) {
        this.number = number;
        this.name = name;
    }

    /** Opens a file or device, close-on-exec. */
    public static Fd open(Path path, OpenMode mode) throws IOException {
        return own(check(LibKemari.kemari_open(path.toString(), mode.ordinal()), "open", path), path.toString());
    }

    /**
     * Takes ownership of an open descriptor, for instance an inherited one.
     *
     * @throws IllegalArgumentException if the number is no open descriptor
     */
    public static Fd adopt(int number) {
        if (number < 0 || LibKemari.kemari_is_open(number) != 1) {
            throw new IllegalArgumentException("descriptor " + number + " is not open");
        }
        return new Fd(number, "fd " + number);
    }

    /** Memory that is a file without a path, filled with zeroes. */
    public static Fd memfd(String name, long size) throws IOException {
        return own(check(LibKemari.kemari_memfd(name, size), "memfd_create", name), "memfd " + name);
    }

    static Fd own(long number, String name) {
        return new Fd((int) number, name);
    }

    /** The number, for logs and for handing it to a child; it stays owned here. */
    public int value() {
        if (uses.get() < 0) {
            throw new IllegalStateException(name + " is closed");
        }
        return number;
    }

    /** Another descriptor of the same open file, to be closed on its own. */
    public Fd duplicate() throws IOException {
        int fd = acquire();
        try {
            return own(check(LibKemari.kemari_duplicate(fd), "dup", this), name);
        } finally {
            release();
        }
    }

    /** Size in bytes of a file or block device. */
    public long size() throws IOException {
        int fd = acquire();
        try {
            return check(LibKemari.kemari_size(fd), "size of", this);
        } finally {
            release();
        }
    }

    /** What tells open files apart, whatever descriptors they have. */
    public record FileId(long device, long inode) {}

    /** Which file this is. */
    public FileId fileId() throws IOException {
        int fd = acquire();
        try {
            return new FileId(
                    check(LibKemari.kemari_file_number(fd, 1), "stat", this),
                    check(LibKemari.kemari_file_number(fd, 0), "stat", this));
        } finally {
            release();
        }
    }

    /** Sets the size of a file; new bytes are zero. Memory mapped beyond the new end must not be touched any more. */
    public void truncate(long size) throws IOException {
        int fd = acquire();
        try {
            check(LibKemari.kemari_truncate(fd, size), "truncate", this);
        } finally {
            release();
        }
    }

    /**
     * Gives a range of a file its space now; it grows if it was shorter. Otherwise, writing to a mapping of a file whose
     * file system is full brings the process down (SIGBUS).
     *
     * @throws LinuxException ENOSPC if there is not enough
     */
    public void reserve(long offset, long length) throws IOException {
        int fd = acquire();
        try {
            check(LibKemari.kemari_reserve(fd, offset, length), "reserve " + length + " bytes of", this);
        } finally {
            release();
        }
    }

    /** Drops a range of a file or of a memory file: it reads as zeroes and takes no space. The size stays. */
    public void punchHole(long offset, long length) throws IOException {
        int fd = acquire();
        try {
            check(LibKemari.kemari_punch_hole(fd, offset, length), "punch a hole into", this);
        } finally {
            release();
        }
    }

    public boolean isClosed() {
        return uses.get() < 0;
    }

    /** Begins a use of the number; each must be paired with {@link #release()}. */
    int acquire() throws IOException {
        while (true) {
            int now = uses.get();
            if (now < 0) {
                throw new IOException(name + " is closed");
            }
            if (uses.compareAndSet(now, now + 1)) {
                return number;
            }
        }
    }

    void release() {
        if (uses.decrementAndGet() == CLOSED) {
            LibKemari.kemari_close(number);
        }
    }

    @Override
    public void close() {
        int before = uses.getAndUpdate(now -> now | CLOSED);
        if (before == 0) {
            LibKemari.kemari_close(number);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
