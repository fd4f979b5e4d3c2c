package org.kemari.eventtap.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.kemari.api.domain.DomainPaths;
import org.kemari.linux.BlockFile;
import org.kemari.virtio.block.BlockConfig;

/**
 * The medium of a block device.
 *
 * @param id the device's
 * @param file its content
 * @param bytes its size
 * @param mirrored whether the standby has a copy of its own
 * @param marks where writes are noted while the disk is copied
 * @param changes where they are noted for a host that comes back
 * @param io how requests are carried out on it
 */
record Disk(String id, BlockFile file, long bytes, boolean mirrored, ExtentMarks marks, DiskChanges changes, DiskIo io)
        implements AutoCloseable {
    /**
     * @param mirrored where the domain's files are, if other hosts have copies of this disk
     * @throws IOException if it cannot be opened; the message names it
     */
    static Disk open(String id, Path path, boolean readOnly, Optional<DomainPaths> mirrored) throws IOException {
        BlockFile file = BlockFile.open(path, readOnly);
        try {
            long bytes = file.size();
            ExtentMarks marks = ExtentMarks.open(mirrored.map(paths -> paths.dirtyExtentsFile(id)), bytes);
            DiskChanges changes = new DiskChanges(readOnly ? Optional.empty() : mirrored, id, file.identity());
            return new Disk(id, file, bytes, mirrored.isPresent(), marks, changes, new DiskIo(file, id, marks));
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
        changes.close();
        file.close();
    }
}
