package org.kemari.api.link;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A reliable, ordered byte stream to another host. One thread may read while another writes; two threads must not read,
 * or write, at the same time. {@link #close} from any thread ends both with an {@link IOException}.
 */
public interface Link extends Closeable {
    /** Name of the host at the other end, as it said in its preamble (and, with TLS, as its certificate says). */
    String peer();

    /** Address of the other end, for people. */
    String remoteAddress();

    /**
     * Reads at least one byte, blocking until there is one.
     *
     * @return number of bytes read, 1 or more, or -1 at the end of the stream
     */
    int read(ByteBuffer target) throws IOException;

    /** Writes all remaining bytes of all the buffers, blocking as long as it takes. */
    void write(ByteBuffer... sources) throws IOException;

    /** Fills the buffer up to its limit. */
    default void readFully(ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            if (read(target) < 0) {
                throw new java.io.EOFException("link to " + peer() + " closed by the other end");
            }
        }
    }

    boolean isOpen();

    @Override
    void close();
}
