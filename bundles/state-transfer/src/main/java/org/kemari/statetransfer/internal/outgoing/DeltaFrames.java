package org.kemari.statetransfer.internal.outgoing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.kemari.linux.NativeMemory;
import org.kemari.statetransfer.internal.wire.Deltas;
import org.kemari.statetransfer.internal.wire.PageDelta;
import org.kemari.statetransfer.internal.wire.PageRuns;
import org.kemari.statetransfer.internal.wire.WireMessage;

/** Sends what has changed of pages whose last content the cache still has, where that is little. One thread. */
final class DeltaFrames implements AutoCloseable {
    private static final int DATA_BYTES = 256 << 10;

    private final PageCache cache;
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer entries =
            ByteBuffer.allocateDirect(PageDelta.MAX_PER_FRAME * PageDelta.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final NativeMemory data;
    private int used;

    /** @param cacheBytes room for pages of a guest that has so many */
    DeltaFrames(long cacheBytes, long guestPages) throws IOException {
        cache = new PageCache(cacheBytes, guestPages);
        try {
            data = NativeMemory.allocate(DATA_BYTES);
        } catch (IOException e) {
            cache.close();
            throw e;
        }
    }

    /** Says for whom the memory is. */
    DeltaFrames countFor(String domain) {
        cache.memory().countFor(domain, "pages as they were sent last");
        return this;
    }

    /**
     * A page is to be sent.
     *
     * @param pages where its content is
     * @param at where that begins
     * @return whether it is, as a delta; otherwise it must be sent as it is
     */
    boolean take(long page, NativeMemory pages, long at, PageFrames.Sink sink) throws IOException {
        int known = cache.find(page);
        if (known < 0) {
            cache.sent(page, pages, at);
            return false;
        }
        if (DATA_BYTES - used < PageDelta.MAX_BYTES || !entries.hasRemaining()) {
            flush(sink);
        }
        int bytes = (int) NativeMemory.delta(
                pages, at, cache.memory(), known, PageRuns.PAGE_BYTES, data, used, PageDelta.MAX_BYTES);
        if (bytes < 0) {
            cache.drop(known);
            return false;
        }
        entries.putInt((int) page).putInt(bytes).putInt(Deltas.crc(crc, cache.content(), known, PageRuns.PAGE_BYTES));
        used += bytes;
        return true;
    }

    /** Pages are sent in another way, of which the cache learns nothing. */
    void forget(long first, long count) {
        cache.forget(first, count);
    }

    /** All pages may be sent in another way. */
    void forgetAll() {
        cache.clear();
    }

    /** Sends what is still here. */
    void flush(PageFrames.Sink sink) throws IOException {
        if (entries.position() > 0) {
            sink.write(new WireMessage.PageDeltas(entries.flip(), data.buffer(0, used)));
            entries.clear();
            used = 0;
        }
    }

    /** Memory that it has ever used. */
    long bytes() {
        return cache.bytes();
    }

    long limitBytes() {
        return cache.limitBytes();
    }

    @Override
    public void close() {
        data.close();
        cache.close();
    }
}
