package org.kemari.linux;

import static org.kemari.linux.LinuxException.check;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.kemari.linux.internal.LibKemari;

/** What is left: processes and file systems. Threads: any. */
public final class Linux {
    public static final int SIGKILL = 9;
    public static final int SIGTERM = 15;

    private Linux() {}

    /**
     * A descriptor of a running process: readable once it is gone, and never of another process that gets its number.
     *
     * @throws LinuxException ESRCH if there is none
     */
    public static Fd openProcess(long pid) throws IOException {
        return Fd.own(check(LibKemari.kemari_pidfd(pid), "open process", pid), "process " + pid);
    }

    /** Sends a signal to a process. Returns false if it is gone. */
    public static boolean signal(Fd process, int signal) throws IOException {
        int number = process.acquire();
        try {
            long result = LibKemari.kemari_kill(number, signal);
            if (result == -LinuxException.ESRCH) {
                return false;
            }
            check(result, "signal", process);
            return true;
        } finally {
            process.release();
        }
    }

    /** Sends a signal to whatever process has that number now. Returns false if there is none. */
    public static boolean kill(long pid, int signal) throws IOException {
        try (Fd process = openProcess(pid)) {
            return signal(process, signal);
        } catch (LinuxException e) {
            if (e.errno() == LinuxException.ESRCH) {
                return false;
            }
            throw e;
        }
    }

    /** Waits until a process is gone, child or not. Returns whether it is. */
    public static boolean awaitExit(Fd process, Duration timeout) throws IOException {
        long end = System.nanoTime() + timeout.toNanos();
        int number = process.acquire();
        try {
            while (true) {
                long left = Math.max(0, end - System.nanoTime());
                int millis = (int) Math.min(Integer.MAX_VALUE, (left + 999_999) / 1_000_000);
                if (check(LibKemari.kemari_poll(number, millis), "wait for", process) == 1) {
                    return true;
                }
                if (left == 0) {
                    return false;
                }
            }
        } finally {
            process.release();
        }
    }

    /** The same by number. A process that does not exist is gone. */
    public static boolean waitExit(long pid, Duration timeout) throws IOException {
        try (Fd process = openProcess(pid)) {
            return awaitExit(process, timeout);
        } catch (LinuxException e) {
            if (e.errno() == LinuxException.ESRCH) {
                return true;
            }
            throw e;
        }
    }

    public static boolean isAlive(long pid) throws IOException {
        return !waitExit(pid, Duration.ZERO);
    }

    /** Bytes that an ordinary user may still use on the file system of a path; on a tmpfs, of its memory. */
    public static long freeMemory(Path path) throws IOException {
        return check(LibKemari.kemari_free_bytes(path.toString()), "free space of", path);
    }

    /**
     * Makes a directory of mode 0700. One that exists must be owned by this user, and is closed to others; a symbolic
     * link is refused.
     */
    public static void makePrivateDirectory(Path path) throws IOException {
        check(LibKemari.kemari_private_directory(path.toString()), "make private directory", path);
    }
}
