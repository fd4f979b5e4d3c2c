package org.kemari.link.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The answer to a {@link Preamble}: the same header, then one byte (0: accepted, 1: refused) and a text in UTF-8.
 *
 * @param accepted whether the connection is now a link
 * @param reason why not, for people; empty if accepted
 */
record PreambleReply(boolean accepted, String reason) {
    static final PreambleReply ACCEPTED = new PreambleReply(true, "");
    private static final int MAX_BODY = 1025;

    static PreambleReply refused(String reason) {
        return new PreambleReply(false, reason);
    }

    byte[] encode() {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(text.length, MAX_BODY - 1);
        ByteBuffer out = ByteBuffer.allocate(Preamble.HEADER + 1 + length);
        out.putLong(Preamble.MAGIC).putShort((short) Preamble.VERSION).putShort((short) (1 + length));
        out.put((byte) (accepted ? 0 : 1)).put(text, 0, length);
        return out.array();
    }

    static PreambleReply read(Preamble.TimedInput in) throws IOException {
        int length = Preamble.readHeader(in, MAX_BODY);
        if (length < 1) {
            throw new PreambleException("the reply to the preamble is empty");
        }
        byte[] body = in.read(length);
        return new PreambleReply(body[0] == 0, new String(body, 1, length - 1, StandardCharsets.UTF_8));
    }
}
