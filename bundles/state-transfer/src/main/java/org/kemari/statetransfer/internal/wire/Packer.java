package org.kemari.statetransfer.internal.wire;

import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Compressor;
import org.kemari.statetransfer.internal.Compression;

/** Compresses payloads with LZ4, in blocks of one frame each, where it pays. One thread. */
final class Packer {
    private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

    private final PackingChoice choice;
    private final LZ4Compressor lz4 = Lz4.factory().fastCompressor();
    private ByteBuffer whole = NOTHING;
    private ByteBuffer packed = NOTHING;

    Packer(Compression wish) {
        choice = new PackingChoice(wish);
    }

    PackingChoice choice() {
        return choice;
    }

    /**
     * Compresses a payload, or a part of it as a sample.
     *
     * @param head its beginning
     * @param data its rest; both are left as they are
     * @return what is left, valid until the next call; empty if the payload is to be sent as it is
     */
    ByteBuffer pack(ByteBuffer head, ByteBuffer data) {
        int all = head.remaining() + data.remaining();
        int bytes = choice.next(all);
        if (bytes == 0) {
            return NOTHING;
        }
        if (whole.capacity() < bytes) {
            whole = ByteBuffer.allocateDirect(bytes);
            packed = ByteBuffer.allocateDirect(lz4.maxCompressedLength(bytes));
        }
        long begin = System.nanoTime();
        int headBytes = Math.min(bytes, head.remaining());
        whole.put(0, head, head.position(), headBytes);
        whole.put(headBytes, data, data.position(), bytes - headBytes);
        int left = lz4.compress(whole, 0, bytes, packed, 0, packed.capacity());
        choice.packed(bytes, left, System.nanoTime() - begin);
        return bytes == all && left < bytes - bytes / 8 ? packed.clear().limit(left) : NOTHING;
    }
}
