package org.kemari.linux;

import static org.kemari.linux.LinuxException.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.kemari.linux.internal.LibKemari;

/** A listening unix stream socket. Threads: any. */
public final class UnixListener implements AutoCloseable {
    private final Fd fd;
    private final EventFd stop;
    private final Optional<Path> path;

    private UnixListener(Fd fd, Optional<Path> path) throws IOException {
        this.fd = fd;
        this.path = path;
        try {
            this.stop = EventFd.create();
        } catch (IOException e) {
            fd.close();
            throw e;
        }
    }

    /** Listens on a path. A socket file that nobody listens on is replaced; anything else there is an error. */
    public static UnixListener bind(Path path) throws IOException {
        Fd fd = Fd.own(check(LibKemari.kemari_listen(path.toString()), "listen on", path), path.toString());
        return new UnixListener(fd, Optional.of(path));
    }

    /** Takes ownership of a socket that already listens, for instance an inherited one. */
    public static UnixListener adopt(Fd fd) throws IOException {
        return new UnixListener(fd, Optional.empty());
    }

    /** Waits for a connection. Ends with an {@link IOException} when this is closed. */
    public UnixSocket accept() throws IOException {
        int number = fd.acquire();
        try {
            int stopNumber = stop.fd().acquire();
            try {
                long accepted = LibKemari.kemari_accept(number, stopNumber);
                if (accepted == -LinuxException.ECANCELED) {
                    throw new IOException(fd + " is closed");
                }
                return UnixSocket.adopt(Fd.own(check(accepted, "accept on", fd), "connection on " + fd));
            } finally {
                stop.fd().release();
            }
        } finally {
            fd.release();
        }
    }

    public Fd fd() {
        return fd;
    }

    /** Ends {@link #accept}, and removes the socket file that {@link #bind} made. */
    @Override
    public void close() {
        if (fd.isClosed()) {
            return;
        }
        try {
            stop.signal();
            fd.close();
            if (path.isPresent()) {
                Files.deleteIfExists(path.get());
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot close the listener " + fd, e);
        } finally {
            stop.close();
        }
    }
}
