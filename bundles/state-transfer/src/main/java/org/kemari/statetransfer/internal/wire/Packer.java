package org.kemari.statetransfer.internal.wire;

import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import org.kemari.statetransfer.internal.Compression;

/** Compresses payloads with LZ4, in blocks of one frame each, where it pays. One thread. */
final class Packer {
    private final PackingChoice choice;
    private final LZ4Compressor lz4 = LZ4Factory.fastestJavaInstance().fastCompressor();
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private byte[] whole = new byte[0];
    private byte[] packed = new byte[0];

    Packer(Compression wish) {
        choice = new PackingChoice(wish);
    }

    PackingChoice choice() {
        return choice;
    }

    /**
     * Compresses a payload.
     *
     * @param head its beginning
     * @param data its rest; both are left as they are
     * @return what is left, valid until the next call; empty if it does not pay
     */
    ByteBuffer pack(ByteBuffer head, ByteBuffer data) {
        int bytes = head.remaining() + data.remaining();
        if (!choice.wants(bytes)) {
            return NOTHING;
        }
        if (whole.length < bytes) {
            whole = new byte[bytes];
            packed = new byte[lz4.maxCompressedLength(bytes)];
        }
        long begin = System.nanoTime();
        int headBytes = head.remaining();
        head.get(head.position(), whole, 0, headBytes);
        data.get(data.position(), whole, headBytes, bytes - headBytes);
        int left = lz4.compress(whole, 0, bytes, packed, 0, packed.length);
        choice.packed(bytes, left, System.nanoTime() - begin);
        return left < bytes - bytes / 8 ? ByteBuffer.wrap(packed, 0, left) : NOTHING;
    }
}
