package org.kemari.eventtap.internal;

import java.io.IOException;
import java.nio.file.Files;
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

    private final Optional<DirtyBitmap> bitmap;
    private volatile boolean on;

    private ExtentMarks(Optional<DirtyBitmap> bitmap) {
        this.bitmap = bitmap;
    }

    /** @param path of the file of marks; empty: nobody ever copies this disk */
    static ExtentMarks open(Optional<Path> path, long diskBytes) throws IOException {
        if (path.isEmpty()) {
            return new ExtentMarks(Optional.empty());
        }
        long granules = granules(diskBytes);
        if (Files.exists(path.get()) && Files.size(path.get()) != (granules + Long.SIZE - 1) / Long.SIZE * Long.BYTES) {
            // Left over from a disk of another size.
            Files.delete(path.get());
        }
        return new ExtentMarks(Optional.of(DirtyBitmap.open(path.get(), granules)));
    }

    static long granules(long diskBytes) {
        return Math.max(1, (diskBytes + GRANULE_BYTES - 1) / GRANULE_BYTES);
    }

    void track(boolean wanted) {
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
    public void close() {
        on = false;
        bitmap.ifPresent(DirtyBitmap::close);
    }
}
