package org.kemari.statetransfer.internal.outgoing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.kemari.linux.NativeMemory;
import org.kemari.statetransfer.internal.wire.PageRuns;
import org.kemari.statetransfer.internal.wire.WireMessage;

/** Cuts what a capture has copied into frames; the data is sent from where it is. One thread. */
final class PageFrames {
    private final Optional<DeltaFrames> deltas;
    private final ByteBuffer runs = ByteBuffer.allocateDirect(PageRuns.MAX_RUNS_PER_FRAME * PageRuns.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    private NativeMemory data;
    private Sink sink;
    private long read;
    private long frameBegin;
    private int framePages;
    /** The run that the next page may belong to, if it follows: its first page and its length. */
    private long openFirst;

    private int openLength;

    PageFrames() {
        this(Optional.empty());
    }

    /** @param deltas for pages that need not be sent as they are */
    PageFrames(Optional<DeltaFrames> deltas) {
        this.deltas = deltas;
    }

    /** Where frames go; their data is not needed any more when they are there. */
    interface Sink {
        void write(WireMessage message) throws IOException;
    }

    /**
     * Sends all of a capture.
     *
     * @param source entries as {@link org.kemari.linux.PageRuns} describes them
     * @param count number of entries
     * @param pageData their data, contiguous; moved together where pages of it are sent as deltas
     */
    void send(NativeMemory source, long count, NativeMemory pageData, Sink target) throws IOException {
        data = pageData;
        sink = target;
        read = 0;
        frameBegin = 0;
        framePages = 0;
        openLength = 0;
        runs.clear();
        for (long i = 0; i < count; i++) {
            long first = org.kemari.linux.PageRuns.firstPage(source, i);
            int length = (int) org.kemari.linux.PageRuns.pageCount(source, i);
            if (org.kemari.linux.PageRuns.isZeroRun(source, i)) {
                if (deltas.isPresent()) {
                    deltas.get().forget(first, length);
                }
                closeRun();
                add(first, length | PageRuns.ZERO_FLAG);
            } else if (deltas.isPresent()) {
                addChanged(first, length, deltas.get());
            } else {
                addData(first, length);
            }
        }
        closeRun();
        flush();
        if (deltas.isPresent()) {
            deltas.get().flush(sink);
        }
    }

    /** Sends deltas of what they are taken of, and moves the other pages to where the frame ends. */
    private void addChanged(long first, int length, DeltaFrames known) throws IOException {
        for (int i = 0; i < length; i++) {
            if (!known.take(first + i, data, read, sink)) {
                keep(first + i);
            }
            read += PageRuns.PAGE_BYTES;
        }
    }

    private void keep(long page) throws IOException {
        if (openLength > 0 && page == openFirst + openLength) {
            openLength++;
        } else {
            closeRun();
            openFirst = page;
            openLength = 1;
        }
        long end = frameBegin + ((long) framePages << PageRuns.PAGE_SHIFT);
        if (end != read) {
            NativeMemory.copy(data, read, data, end, PageRuns.PAGE_BYTES);
        }
        framePages++;
        if (framePages == PageRuns.MAX_PAGES_PER_FRAME) {
            closeRun();
        }
    }

    private void closeRun() throws IOException {
        int length = openLength;
        if (length > 0) {
            openLength = 0;
            add(openFirst, length);
        }
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
