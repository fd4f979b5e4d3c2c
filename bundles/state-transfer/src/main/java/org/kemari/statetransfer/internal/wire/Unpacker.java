package org.kemari.statetransfer.internal.wire;

import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/** Undoes {@link Packer}. What comes may be anything: the implementation is the one that every access is checked in. */
final class Unpacker {
    private final LZ4SafeDecompressor lz4 = LZ4Factory.safeInstance().safeDecompressor();
    private byte[] packed = new byte[0];
    private byte[] whole = new byte[0];

    /** Room for what comes, to be filled. */
    ByteBuffer room(int bytes) {
        if (packed.length < bytes) {
            packed = new byte[bytes];
        }
        return ByteBuffer.wrap(packed, 0, bytes);
    }

    /** Fills the target from what has come, or fails. */
    void unpack(int bytes, ByteBuffer target) throws WireException {
        int length = target.remaining();
        if (whole.length < length) {
            whole = new byte[length];
        }
        int got;
        try {
            got = lz4.decompress(packed, 0, bytes, whole, 0, length);
        } catch (LZ4Exception | IndexOutOfBoundsException e) {
            throw new WireException("a compressed frame that cannot be unpacked");
        }
        if (got != length) {
            throw new WireException("a compressed frame of " + got + " bytes that announces " + length);
        }
        target.put(target.position(), whole, 0, length);
    }
}
