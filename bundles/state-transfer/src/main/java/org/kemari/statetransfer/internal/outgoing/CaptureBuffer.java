package org.kemari.statetransfer.internal.outgoing;

import java.io.IOException;
import org.kemari.linux.NativeMemory;
import org.kemari.linux.PageCapture;
import org.kemari.statetransfer.internal.wire.PageRuns;

/** Where a pause copies to: made once per session, takes space only as far as it was ever used. */
final class CaptureBuffer implements AutoCloseable {
    private static final String USE = "pages copied in a pause";

    /** Runs of zeroes need entries too, but no data. */
    private static final int ENTRIES_PER_PAGE = 2;
    /** Room for at least a frame of the live sync. */
    private static final long MIN_PAGES = PageRuns.MAX_PAGES_PER_FRAME;

    private final NativeMemory runs;
    private final NativeMemory data;
    private long highWaterBytes;

    /** @param bytes of page data, at least; rounded up to what a frame needs */
    CaptureBuffer(String domain, long bytes) throws IOException {
        long pages = Math.max(MIN_PAGES, bytes / PageRuns.PAGE_BYTES);
        long entries = Math.max(PageRuns.MAX_RUNS_PER_FRAME, pages * ENTRIES_PER_PAGE);
        data = NativeMemory.allocate(pages * PageRuns.PAGE_BYTES).countFor(domain, USE);
        try {
            runs = NativeMemory.allocate(entries * PageRuns.BYTES).countFor(domain, USE);
        } catch (IOException e) {
            data.close();
            throw e;
        }
    }

    NativeMemory runs() {
        return runs;
    }

    NativeMemory data() {
        return data;
    }

    void used(PageCapture.Copied copied) {
        highWaterBytes = Math.max(
                highWaterBytes, copied.dataPages() * PageRuns.PAGE_BYTES + copied.runs() * (long) PageRuns.BYTES);
    }

    /** The most that was ever used; it is not given back. */
    long bytes() {
        return highWaterBytes;
    }

    long limitBytes() {
        return data.size() + runs.size();
    }

    @Override
    public void close() {
        runs.close();
        data.close();
    }
}
