package org.kemari.eventtap.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.kemari.linux.BlockFile;
import org.kemari.virtio.block.BlockConfig;

/**
 * The medium of a block device.
 *
 * @param id the device's
 * @param file its content
 * @param bytes its size
 * @param mirrored whether the standby has a copy of its own
 * @param marks where writes are noted
 * @param io how requests are carried out on it
 */
record Disk(String id, BlockFile file, long bytes, boolean mirrored, ExtentMarks marks, DiskIo io)
        implements AutoCloseable {
    /**
     * @param marks file of written extents, if anybody wants to know them
     * @throws IOException if it cannot be opened; the message names it
     */
    static Disk open(String id, Path path, boolean readOnly, boolean mirrored, Optional<Path> marks)
            throws IOException {
        BlockFile file = BlockFile.open(path, readOnly);
        try {
            long bytes = file.size();
            ExtentMarks extentMarks = ExtentMarks.open(marks, bytes);
            return new Disk(id, file, bytes, mirrored, extentMarks, new DiskIo(file, id, extentMarks));
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    BlockConfig config(int queues) {
        return BlockConfig.of(bytes, file.isReadOnly(), queues);
    }

    /** Call when nobody uses it any more. */
    @Override
    public void close() {
        marks.close();
        file.close();
    }
}
