package org.kemari.eventtap.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.kemari.linux.DirtyBitmap;

/**
 * Notes which parts of a disk are written, while somebody copies it. Each write is marked before, so that a crash loses
 * nothing, and after: the mark may have been taken, and the old content copied, meanwhile. The mark after it also covers a
 * write that had begun when tracking was switched on. Safe for use by many threads.
 */
final class ExtentMarks implements AutoCloseable {
    static final long GRANULE_BYTES = 64 << 10;

    private final Optional<Path> path;
    private final long granules;
    private Optional<DirtyBitmap> bitmap = Optional.empty();
    private volatile boolean on;

    /** @param path of the file of marks; empty: nobody ever copies this disk */
    ExtentMarks(Optional<Path> path, long diskBytes) {
        this.path = path;
        this.granules = Math.max(1, (diskBytes + GRANULE_BYTES - 1) / GRANULE_BYTES);
    }

    synchronized void track(boolean wanted) throws IOException {
        if (wanted && path.isPresent() && bitmap.isEmpty()) {
            bitmap = Optional.of(DirtyBitmap.open(path.get(), granules));
        }
        on = wanted && bitmap.isPresent();
    }

    void mark(long offset, long length) {
        if (on && length > 0) {
            long first = offset / GRANULE_BYTES;
            bitmap.orElseThrow().mark(first, (offset + length - 1) / GRANULE_BYTES - first + 1);
        }
    }

    /** Call when nobody writes any more. */
    @Override
    public synchronized void close() {
        on = false;
        bitmap.ifPresent(DirtyBitmap::close);
        bitmap = Optional.empty();
    }
}
