package org.kemari.api.tap;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What was executed on mirrored disks between the pause before and the pause of a checkpoint without having been pending in
 * either, see {@link DomainTap#runAhead}. It belongs to that checkpoint: the standby does the same to its copies, in this
 * order, before it executes what is pending. Used by one thread.
 */
public interface WrittenAhead extends AutoCloseable {
    /** Told of each thing in the order of execution on its disk; several calls may belong to one request. */
    interface Visitor {
        /**
         * Bytes were written.
         *
         * @param disk its id
         * @param offset in bytes
         * @param data from position to limit, not empty, at most 1 MiB; valid during the call
         */
        void written(String disk, long offset, ByteBuffer data) throws IOException;

        /**
         * A range was discarded, or zeroes were written.
         *
         * @param disk its id
         * @param offset in bytes
         * @param length in bytes, more than 0
         */
        void cleared(String disk, long offset, long length) throws IOException;

        /**
         * What was written before was made durable.
         *
         * @param disk its id
         */
        void flushed(String disk) throws IOException;
    }

    /** Shows everything. */
    void forEach(Visitor visitor) throws IOException;

    /** Gives its memory back. */
    @Override
    void close();
}
