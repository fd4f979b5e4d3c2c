package org.kemari.health.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What is said on a health link: 16 bytes, little-endian, always: magic, type (2 bytes), path (2 bytes), sequence number.
 *
 * @param type what it is
 * @param path which of the paths from the one who dialled this is: 0 to 65535
 * @param sequence number of the beat, from 1; 0 when leaving
 */
record Frame(Type type, int path, long sequence) {
    enum Type {
        /** From the one who dialled. */
        BEAT,
        /** The answer to a beat, with its number. */
        REPLY,
        /** From the one who was dialled: this host's Kemari is being stopped, by intention. */
        LEAVING
    }

    static final int BYTES = 16;
    /** "KHB2": Kemari heartbeat, version 2. */
    private static final int MAGIC = 0x3242484B;

    private static final Type[] TYPES = Type.values();

    static ByteBuffer buffer() {
        return ByteBuffer.allocateDirect(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Puts the frame into a buffer of {@link #buffer}, ready to be written. */
    static ByteBuffer encode(ByteBuffer target, Type type, int path, long sequence) {
        return target.clear()
                .putInt(MAGIC)
                .putShort((short) type.ordinal())
                .putShort((short) path)
                .putLong(sequence)
                .flip();
    }

    /** @throws IOException if these are not the bytes of a frame */
    static Frame decode(ByteBuffer source) throws IOException {
        int magic = source.getInt();
        if (magic != MAGIC) {
            throw new IOException(String.format("not a heartbeat: it begins with 0x%08x", magic));
        }
        int type = Short.toUnsignedInt(source.getShort());
        if (type >= TYPES.length) {
            throw new IOException("a heartbeat of unknown type " + type);
        }
        return new Frame(TYPES[type], Short.toUnsignedInt(source.getShort()), source.getLong());
    }
}
