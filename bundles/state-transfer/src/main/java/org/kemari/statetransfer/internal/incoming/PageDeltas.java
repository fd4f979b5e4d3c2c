package org.kemari.statetransfer.internal.incoming;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.kemari.linux.NativeMemory;
import org.kemari.statetransfer.internal.wire.Deltas;
import org.kemari.statetransfer.internal.wire.PageDelta;
import org.kemari.statetransfer.internal.wire.PageRuns;
import org.kemari.statetransfer.internal.wire.WireMessage;

/** Changes pages of an image, each in a copy that is proven to be right before it is written. One thread. */
final class PageDeltas {
    private final ByteBuffer page = ByteBuffer.allocateDirect(PageRuns.PAGE_BYTES);
    private final CRC32C crc = new CRC32C();
    private final Deltas.Target copy = (offset, words) -> page.put(offset, words, words.position(), words.remaining());

    /** @throws IOException if a page is not what the primary has; it is left as it was */
    void apply(WireMessage.PageDeltas deltas, NativeMemory memory) throws IOException {
        ByteBuffer data = deltas.data().slice().order(deltas.data().order());
        int at = 0;
        for (int i = 0; i < PageDelta.count(deltas.entries()); i++) {
            long number = PageDelta.page(deltas.entries(), i);
            int length = PageDelta.length(deltas.entries(), i);
            memory.copyTo(number << PageRuns.PAGE_SHIFT, page.clear());
            Deltas.apply(data, at, length, copy);
            if (Deltas.crc(crc, page, 0, PageRuns.PAGE_BYTES) != PageDelta.crc(deltas.entries(), i)) {
                throw new IOException("what has changed of page " + number + " does not fit to the image");
            }
            memory.copyFrom(number << PageRuns.PAGE_SHIFT, page.clear());
            at += length;
        }
    }
}
