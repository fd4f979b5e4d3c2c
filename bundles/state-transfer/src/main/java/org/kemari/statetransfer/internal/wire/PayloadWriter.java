package org.kemari.statetransfer.internal.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Writes values into a payload. */
final class PayloadWriter {
    private static final int MAX_TEXT = 4096;
    private final ByteBuffer out;

    PayloadWriter(ByteBuffer out) {
        this.out = out.order(ByteOrder.LITTLE_ENDIAN);
    }

    PayloadWriter u8(int value) {
        out.put((byte) value);
        return this;
    }

    PayloadWriter u16(int value) {
        out.putShort((short) value);
        return this;
    }

    PayloadWriter i32(int value) {
        out.putInt(value);
        return this;
    }

    PayloadWriter i64(long value) {
        out.putLong(value);
        return this;
    }

    PayloadWriter bool(boolean value) {
        return u8(value ? 1 : 0);
    }

    /** A text; what is beyond {@value #MAX_TEXT} bytes is cut off. */
    PayloadWriter text(String text) {
        int lengthAt = out.position();
        out.putShort((short) 0);
        ByteBuffer room = out.slice(out.position(), Math.min(MAX_TEXT, out.remaining()));
        try {
            StandardCharsets.UTF_8
                    .newEncoder()
                    .onMalformedInput(CodingErrorAction.REPLACE)
                    .encode(CharBuffer.wrap(text), room, true)
                    .isOverflow();
        } catch (IllegalStateException e) {
            throw new IllegalArgumentException("text that cannot be encoded", e);
        }
        out.putShort(lengthAt, (short) room.position());
        out.position(out.position() + room.position());
        return this;
    }
}
