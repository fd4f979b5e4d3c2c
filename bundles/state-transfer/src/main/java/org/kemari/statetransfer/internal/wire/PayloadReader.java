package org.kemari.statetransfer.internal.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reads values from a payload that is not to be trusted. Nothing is allocated that is larger than the payload. */
final class PayloadReader {
    private final ByteBuffer in;

    PayloadReader(ByteBuffer payload) {
        this.in = payload.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    int remaining() {
        return in.remaining();
    }

    private void need(int bytes) throws WireException {
        if (in.remaining() < bytes) {
            throw new WireException(
                    "a frame is too short: " + bytes + " more bytes were expected, " + in.remaining() + " are left");
        }
    }

    int u8() throws WireException {
        need(1);
        return Byte.toUnsignedInt(in.get());
    }

    int u16() throws WireException {
        need(2);
        return Short.toUnsignedInt(in.getShort());
    }

    int i32() throws WireException {
        need(4);
        return in.getInt();
    }

    /** A number of things, each of which takes at least {@code bytesEach} in what is left of the payload. */
    int count(int bytesEach) throws WireException {
        int count = i32();
        if (count < 0 || count > in.remaining() / bytesEach) {
            throw new WireException(
                    "a frame announces " + Integer.toUnsignedLong(count) + " items, more than fit into it");
        }
        return count;
    }

    int nonNegativeInt(String what) throws WireException {
        int value = i32();
        if (value < 0) {
            throw new WireException(what + " is negative: " + value);
        }
        return value;
    }

    long i64() throws WireException {
        need(8);
        return in.getLong();
    }

    long nonNegativeLong(String what) throws WireException {
        long value = i64();
        if (value < 0) {
            throw new WireException(what + " is negative: " + value);
        }
        return value;
    }

    boolean bool() throws WireException {
        int value = u8();
        if (value > 1) {
            throw new WireException("a truth value is " + value);
        }
        return value == 1;
    }

    String text() throws WireException {
        byte[] bytes = new byte[lengthOf(u16())];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private int lengthOf(int length) throws WireException {
        need(length);
        return length;
    }

    /** A view of the next bytes. */
    ByteBuffer bytes(int length) throws WireException {
        need(length);
        ByteBuffer view = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
        in.position(in.position() + length);
        return view;
    }

    ByteBuffer rest() throws WireException {
        return bytes(in.remaining());
    }

    void end() throws WireException {
        if (in.hasRemaining()) {
            throw new WireException("a frame has " + in.remaining() + " bytes too many");
        }
    }
}
