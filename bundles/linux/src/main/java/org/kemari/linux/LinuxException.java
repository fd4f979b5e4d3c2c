package org.kemari.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.kemari.linux.internal.LibKemari;

/** The kernel refused a call. The message names the call, its object and the reason. */
public final class LinuxException extends IOException {
    private static final long serialVersionUID = 1L;

    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EIO = 5;
    public static final int EAGAIN = 11;
    public static final int EACCES = 13;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int ENODEV = 19;
    public static final int EINVAL = 22;
    public static final int EMFILE = 24;
    public static final int ENOSPC = 28;
    public static final int EPIPE = 32;
    public static final int EADDRINUSE = 98;
    public static final int ECONNRESET = 104;
    public static final int ECONNREFUSED = 111;
    public static final int ECANCELED = 125;

    private final int errno;

    public LinuxException(int errno, String call, Object object) {
        this(errno, call, object, "");
    }

    LinuxException(int errno, String call, Object object, String advice) {
        super(call + " " + object + ": " + describe(errno) + advice);
        this.errno = errno;
    }

    /** The kernel's error number, positive. */
    public int errno() {
        return errno;
    }

    /** Passes a result through, or throws if it is a negative error number. */
    static long check(long result, String call, Object object) throws LinuxException {
        if (result < 0) {
            throw new LinuxException((int) -result, call, object);
        }
        return result;
    }

    private static String describe(int errno) {
        byte[] text = new byte[160];
        int length = LibKemari.kemari_strerror(errno, text, text.length);
        return new String(text, 0, length, StandardCharsets.US_ASCII);
    }
}
