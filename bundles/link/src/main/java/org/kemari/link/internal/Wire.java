package org.kemari.link.internal;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * How bytes travel on a connection: as they are, or encrypted. One thread may read while another writes; {@link #close}
 * from any thread ends both.
 */
interface Wire extends AutoCloseable {
    /** Reads at least one byte, or returns -1 at the end of the stream. */
    int read(ByteBuffer target) throws IOException;

    /** Writes all remaining bytes of all the buffers. */
    void write(ByteBuffer... sources) throws IOException;

    /**
     * Holds against a certificate, if there is one, who the other end says it is.
     *
     * @throws PreambleException if it is somebody else
     */
    void confirm(String host) throws PreambleException;

    boolean isOpen();

    @Override
    void close();
}
