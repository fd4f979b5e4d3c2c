package org.kemari.linux;

import static org.kemari.linux.LinuxException.check;

import java.io.IOException;
import org.kemari.linux.internal.LibKemari;

/** A counter in the kernel by which threads and processes wake each other. Threads: any. */
public final class EventFd implements AutoCloseable {
    private final Fd fd;

    private EventFd(Fd fd) {
        this.fd = fd;
    }

    public static EventFd create() throws IOException {
        return new EventFd(Fd.own(check(LibKemari.kemari_eventfd(), "create", "eventfd"), "eventfd"));
    }

    /** Takes ownership of an eventfd that came over a socket. */
    public static EventFd adopt(Fd fd) {
        return new EventFd(fd);
    }

    /** Makes it readable. Never blocks. */
    public void signal() throws IOException {
        int number = fd.acquire();
        try {
            check(LibKemari.kemari_signal(number), "signal", fd);
        } finally {
            fd.release();
        }
    }

    /** Takes the signals. Returns whether there were any; never blocks. */
    public boolean drain() throws IOException {
        int number = fd.acquire();
        try {
            return check(LibKemari.kemari_drain(number), "drain", fd) == 1;
        } finally {
            fd.release();
        }
    }

    /** The descriptor, still owned by this. */
    public Fd fd() {
        return fd;
    }

    @Override
    public void close() {
        fd.close();
    }
}
