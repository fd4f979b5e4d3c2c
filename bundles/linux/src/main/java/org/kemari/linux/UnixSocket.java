package org.kemari.linux;

import static org.kemari.linux.LinuxException.check;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.kemari.linux.internal.LibKemari;

/**
 * A connected unix stream socket that also carries descriptors. Calls block until done. Threads: one sends and one
 * receives at a time; any may shut it down or close it.
 */
public final class UnixSocket implements AutoCloseable {
    /** Most descriptors with one message. */
    public static final int MAX_FDS = 64;

    private static final int BUFFER_BYTES = 64 << 10;

    private final Fd fd;
    /** Of descriptors that come; not one by one, because they come with every restart of a guest. */
    private final String nameOfReceived;

    private final Staging sending = new Staging();
    private final Staging receiving = new Staging();

    private UnixSocket(Fd fd) {
        this.fd = fd;
        this.nameOfReceived = "a descriptor from " + fd;
    }

    public static UnixSocket connect(Path path) throws IOException {
        return new UnixSocket(
                Fd.own(check(LibKemari.kemari_connect(path.toString()), "connect to", path), path.toString()));
    }

    /** Takes ownership of a connected socket. */
    public static UnixSocket adopt(Fd fd) {
        return new UnixSocket(fd);
    }

    /**
     * Sends all that remains of the buffer.
     *
     * @param fds go with its first byte; they stay owned by the caller
     */
    public void send(ByteBuffer bytes, Fd... fds) throws IOException {
        if (fds.length > MAX_FDS || (fds.length > 0 && !bytes.hasRemaining())) {
            throw new IllegalArgumentException(fds.length + " descriptors with " + bytes.remaining() + " bytes");
        }
        synchronized (sending) {
            NativeMemory staging = sending.begin();
            int number = fd.acquire();
            int acquired = 0;
            try {
                for (; acquired < fds.length; acquired++) {
                    staging.putInt(BUFFER_BYTES + acquired * 4L, fds[acquired].acquire());
                }
                int count = fds.length;
                while (bytes.hasRemaining()) {
                    int length = Math.min(bytes.remaining(), BUFFER_BYTES);
                    int limit = bytes.limit();
                    int begin = bytes.position();
                    staging.copyFrom(0, bytes.limit(begin + length));
                    bytes.limit(limit).position(begin);
                    check(
                            LibKemari.kemari_send(
                                    number, staging.address(), length, staging.address() + BUFFER_BYTES, count),
                            "send to",
                            fd);
                    bytes.position(bytes.position() + length);
                    count = 0;
                }
            } finally {
                for (int i = 0; i < acquired; i++) {
                    fds[i].release();
                }
                fd.release();
                sending.end();
            }
        }
    }

    /**
     * Receives what is there, at least one byte, at most what remains of the buffer (which must be some) or 64 KiB.
     *
     * @param fdsOut descriptors that came along are added, owned by the caller, close-on-exec. More than
     *     {@link #MAX_FDS} are an error and none of them stays open
     * @return bytes, or -1 at the end of the stream
     */
    public int receive(ByteBuffer destination, List<Fd> fdsOut) throws IOException {
        if (!destination.hasRemaining()) {
            throw new IllegalArgumentException("no room to receive");
        }
        synchronized (receiving) {
            NativeMemory staging = receiving.begin();
            int number = fd.acquire();
            try {
                staging.putInt(BUFFER_BYTES, MAX_FDS);
                int length = (int) check(
                        LibKemari.kemari_receive(
                                number,
                                staging.address(),
                                Math.min(destination.remaining(), BUFFER_BYTES),
                                staging.address() + BUFFER_BYTES + 4,
                                staging.address() + BUFFER_BYTES),
                        "receive from",
                        fd);
                int count = staging.getInt(BUFFER_BYTES);
                for (int i = 0; i < count; i++) {
                    int received = staging.getInt(BUFFER_BYTES + 4 + i * 4L);
                    fdsOut.add(Fd.own(received, nameOfReceived));
                }
                if (length == 0) {
                    return -1;
                }
                int limit = destination.limit();
                staging.copyTo(0, destination.limit(destination.position() + length));
                destination.limit(limit);
                return length;
            } finally {
                fd.release();
                receiving.end();
            }
        }
    }

    /** The descriptor, for a {@link Poller}; still owned by this. */
    public Fd fd() {
        return fd;
    }

    /** Process id of the other side, as it was when the connection was made. */
    public long peerPid() throws IOException {
        int number = fd.acquire();
        try {
            return check(LibKemari.kemari_peer_pid(number), "peer of", fd);
        } finally {
            fd.release();
        }
    }

    /** Ends the connection for both sides; a blocked receive returns -1 and a blocked send fails. */
    public void shutdown() throws IOException {
        int number = fd.acquire();
        try {
            check(LibKemari.kemari_shutdown(number), "shut down", fd);
        } finally {
            fd.release();
        }
    }

    /** Gives the descriptor back. It does not end a blocked call: {@link #shutdown} first. */
    @Override
    public void close() {
        fd.close();
        sending.close();
        receiving.close();
    }

    /** Memory for one direction, which a close during a call leaves to that call. */
    private static final class Staging {
        private NativeMemory memory;
        private boolean busy;
        private boolean closed;

        synchronized NativeMemory begin() throws IOException {
            if (closed) {
                throw new IOException("the socket is closed");
            }
            if (memory == null) {
                memory = NativeMemory.allocate(BUFFER_BYTES + 4 + MAX_FDS * 4L);
            }
            busy = true;
            return memory;
        }

        synchronized void end() {
            busy = false;
            if (closed) {
                memory.close();
            }
        }

        synchronized void close() {
            closed = true;
            if (!busy && memory != null) {
                memory.close();
            }
        }
    }
}
