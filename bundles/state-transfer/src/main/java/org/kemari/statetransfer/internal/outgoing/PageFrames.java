package org.kemari.statetransfer.internal.outgoing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.kemari.linux.NativeMemory;
import org.kemari.statetransfer.internal.wire.PageRuns;
import org.kemari.statetransfer.internal.wire.WireMessage;

/** Cuts what a capture has copied into frames; the data is sent from where it is. One thread. */
final class PageFrames {
    private final ByteBuffer runs = ByteBuffer.allocateDirect(PageRuns.MAX_RUNS_PER_FRAME * PageRuns.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    private NativeMemory data;
    private Sink sink;
    private long frameBegin;
    private int framePages;

    /** Where frames go; their data is not needed any more when they are there. */
    interface Sink {
        void write(WireMessage message) throws IOException;
    }

    /**
     * Sends all of a capture.
     *
     * @param source entries as {@link org.kemari.linux.PageRuns} describes them
     * @param count number of entries
     * @param pageData their data, contiguous
     */
    void send(NativeMemory source, long count, NativeMemory pageData, Sink target) throws IOException {
        data = pageData;
        sink = target;
        frameBegin = 0;
        framePages = 0;
        runs.clear();
        for (long i = 0; i < count; i++) {
            long first = org.kemari.linux.PageRuns.firstPage(source, i);
            int length = (int) org.kemari.linux.PageRuns.pageCount(source, i);
            if (org.kemari.linux.PageRuns.isZeroRun(source, i)) {
                add(first, length | PageRuns.ZERO_FLAG);
            } else {
                addData(first, length);
            }
        }
        flush();
    }

    private void addData(long first, int length) throws IOException {
        int done = 0;
        while (done < length) {
            int part = Math.min(length - done, PageRuns.MAX_PAGES_PER_FRAME - framePages);
            framePages += part;
            add(first + done, part);
            done += part;
        }
    }

    private void add(long first, int lengthAndFlag) throws IOException {
        runs.putInt((int) first).putInt(lengthAndFlag);
        if (!runs.hasRemaining() || framePages == PageRuns.MAX_PAGES_PER_FRAME) {
            flush();
        }
    }

    private void flush() throws IOException {
        if (runs.position() == 0) {
            return;
        }
        int bytes = framePages << PageRuns.PAGE_SHIFT;
        sink.write(new WireMessage.Pages(runs.flip(), data.buffer(frameBegin, bytes)));
        frameBegin += bytes;
        framePages = 0;
        runs.clear();
    }
}
