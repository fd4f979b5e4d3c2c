package org.kemari.health.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What is said on a health link: 16 bytes, little-endian, always: magic, type, sequence number.
 *
 * @param type what it is
 * @param sequence number of the beat, from 1; 0 when leaving or pausing
 */
record Frame(Type type, long sequence) {
    enum Type {
        /** From the one who dialled. */
        BEAT,
        /** The answer to a beat, with its number. */
        REPLY,
        /** From the one who was dialled: this host's Kemari is being stopped, by intention. */
        LEAVING,
        /** From the one who was dialled: its monitor is being exchanged, and the rest of its Kemari goes on. */
        PAUSING
    }

    static final int BYTES = 16;
    /** "KHB1": Kemari heartbeat, version 1. */
    private static final int MAGIC = 0x3142484B;

    private static final Type[] TYPES = Type.values();

    static ByteBuffer buffer() {
        return ByteBuffer.allocateDirect(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Puts the frame into a buffer of {@link #buffer}, ready to be written. */
    static ByteBuffer encode(ByteBuffer target, Type type, long sequence) {
        return target.clear()
                .putInt(MAGIC)
                .putInt(type.ordinal())
                .putLong(sequence)
                .flip();
    }

    /** @throws IOException if these are not the bytes of a frame */
    static Frame decode(ByteBuffer source) throws IOException {
        int magic = source.getInt();
        if (magic != MAGIC) {
            throw new IOException(String.format("not a heartbeat: it begins with 0x%08x", magic));
        }
        int type = source.getInt();
        if (type < 0 || type >= TYPES.length) {
            throw new IOException("a heartbeat of unknown type " + type);
        }
        return new Frame(TYPES[type], source.getLong());
    }
}
