package org.kemari.linux.internal;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;

/** What is taken from the C library itself. */
public final class LibC {
    /** {@code whence}: the next data at or after the offset. */
    public static final int SEEK_DATA = 3;
    /** {@code whence}: the next hole at or after the offset; the end of a file counts as one. */
    public static final int SEEK_HOLE = 4;
    /** There is no such place. */
    public static final int ENXIO = 6;

    static {
        Native.register(LibC.class, "c");
    }

    private LibC() {}

    public static native long lseek(int fd, long offset, int whence) throws LastErrorException;
}
