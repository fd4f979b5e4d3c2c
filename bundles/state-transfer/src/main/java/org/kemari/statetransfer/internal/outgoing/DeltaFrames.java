package org.kemari.statetransfer.internal.outgoing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.kemari.statetransfer.internal.wire.Deltas;
import org.kemari.statetransfer.internal.wire.PageDelta;
import org.kemari.statetransfer.internal.wire.PageRuns;
import org.kemari.statetransfer.internal.wire.WireMessage;

/** Sends what has changed of pages whose last content the cache still has, where that is little. One thread. */
final class DeltaFrames {
    private static final int DATA_BYTES = 256 << 10;

    private final PageCache cache;
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer entries = room(PageDelta.MAX_PER_FRAME * PageDelta.BYTES);
    private final ByteBuffer data = room(DATA_BYTES);

    DeltaFrames(PageCache cache) {
        this.cache = cache;
    }

    private static ByteBuffer room(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * A page is to be sent.
     *
     * @param view little-endian, from 0 to its capacity; has the page's content, which begins here
     * @return whether it is, as a delta; otherwise it must be sent as it is
     */
    boolean take(long page, ByteBuffer view, int at, PageFrames.Sink sink) throws IOException {
        int known = cache.find(page);
        if (known < 0) {
            cache.sent(page, view, at);
            return false;
        }
        if (data.remaining() < PageDelta.MAX_BYTES || !entries.hasRemaining()) {
            flush(sink);
        }
        int begin = data.position();
        if (!Deltas.take(view, at, cache.content(), known, PageRuns.PAGE_BYTES, data, PageDelta.MAX_BYTES)) {
            cache.drop(known);
            return false;
        }
        entries.putInt((int) page)
                .putInt(data.position() - begin)
                .putInt(Deltas.crc(crc, view, at, PageRuns.PAGE_BYTES));
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
            sink.write(new WireMessage.PageDeltas(entries.flip(), data.flip()));
            entries.clear();
            data.clear();
        }
    }
}
