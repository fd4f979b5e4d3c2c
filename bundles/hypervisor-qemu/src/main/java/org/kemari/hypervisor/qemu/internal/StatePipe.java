package org.kemari.hypervisor.qemu.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.kemari.linux.NamedPipe;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pipe into which QEMU saves the device state of a guest that it has stopped itself and lets run again when all is
 * written: as long as the pipe is narrow, it cannot have written all, so the guest stands still.
 *
 * <p>QEMU that has lost its reader is told so (EPIPE) and lets the guest run: Kemari's death leaves nobody stopped.
 */
final class StatePipe implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StatePipe.class);
    private static final int NARROW = 4096;
    private static final int WIDE = 1 << 20;

    private NamedPipe pipe;
    private final boolean usable;
    private ByteBuffer buffer = ByteBuffer.allocateDirect(256 << 10);
    private int narrow;

    private StatePipe(NamedPipe pipe, boolean usable) {
        this.pipe = pipe;
        this.usable = usable;
    }

    static StatePipe create(Path path) throws IOException {
        NamedPipe pipe = NamedPipe.create(path);
        return new StatePipe(pipe, canBeWide(pipe));
    }

    /** The kernel's limits for a user's pipes may be lower. */
    private static boolean canBeWide(NamedPipe pipe) {
        try {
            return pipe.setCapacity(WIDE) >= WIDE;
        } catch (IOException e) {
            LOG.info("Device states are saved step by step, which makes pauses longer: {}", e.getMessage());
            return false;
        }
    }

    Path path() {
        return pipe.path();
    }

    /** Whether a state of about this size is surely held back when narrow, and surely taken when wide. */
    boolean isFor(long bytes) {
        return usable && bytes >= 2 * NARROW && bytes <= WIDE / 2;
    }

    /** Nobody gets more than a little through, until {@link #widen}. */
    void narrow() throws IOException {
        drop();
        narrow = pipe.setCapacity(NARROW);
    }

    void widen() throws IOException {
        pipe.setCapacity(WIDE);
    }

    /**
     * What has come since it was narrow. To be called when the writer is done.
     *
     * @throws IOException if it is so little that the writer may have been done before {@link #widen}
     */
    ByteBuffer take() throws IOException {
        buffer.clear();
        while (pipe.read(buffer) > 0) {
            if (!buffer.hasRemaining()) {
                buffer = ByteBuffer.allocateDirect(2 * buffer.capacity()).put(buffer.flip());
            }
        }
        buffer.flip();
        if (buffer.limit() <= narrow) {
            throw new IOException("a device state of " + buffer.limit()
                    + " bytes did not stop QEMU from resuming the guest: a pipe takes " + narrow);
        }
        return buffer.asReadOnlyBuffer();
    }

    /** Whoever still writes is told that nobody reads any more, and goes on; the next writer finds another pipe. */
    void abandon() throws IOException {
        Path path = pipe.path();
        pipe.close();
        pipe = NamedPipe.create(path);
    }

    /** What a failed attempt has left. */
    private void drop() throws IOException {
        do {
            buffer.clear();
        } while (pipe.read(buffer) > 0);
    }

    @Override
    public void close() throws IOException {
        pipe.close();
    }
}
