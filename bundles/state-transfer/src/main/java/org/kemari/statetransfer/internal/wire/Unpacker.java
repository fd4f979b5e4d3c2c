package org.kemari.statetransfer.internal.wire;

import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4SafeDecompressor;

/** Undoes {@link Packer}. What comes may be anything. */
final class Unpacker {
    private final LZ4SafeDecompressor lz4 = Lz4.factory().safeDecompressor();
    private ByteBuffer packed = ByteBuffer.allocateDirect(0);
    private ByteBuffer whole = ByteBuffer.allocateDirect(0);

    /** Room for what comes, to be filled. */
    ByteBuffer room(int bytes) {
        if (packed.capacity() < bytes) {
            packed = ByteBuffer.allocateDirect(bytes);
        }
        return packed.clear().limit(bytes);
    }

    /** Fills the target from what has come, or fails. */
    void unpack(int bytes, ByteBuffer target) throws WireException {
        int length = target.remaining();
        if (whole.capacity() < length) {
            whole = ByteBuffer.allocateDirect(length);
        }
        int got;
        try {
            got = lz4.decompress(packed.clear(), 0, bytes, whole.clear(), 0, length);
        } catch (LZ4Exception | IndexOutOfBoundsException e) {
            throw new WireException("a compressed frame that cannot be unpacked");
        }
        if (got != length) {
            throw new WireException("a compressed frame of " + got + " bytes that announces " + length);
        }
        target.put(target.position(), whole, 0, length);
    }
}
