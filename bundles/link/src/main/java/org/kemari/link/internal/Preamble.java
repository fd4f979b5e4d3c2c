package org.kemari.link.internal;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * The first words on a connection: who calls, whom, and for which channel. All integers are big-endian.
 *
 * <pre>
 *   8  magic "KEMARI\r\n"      (the line end shows up connections that went through something that "repairs" text)
 *   2  version
 *   2  length of the rest, at most {@value #MAX_BODY}
 *   …  three strings, each a length byte and that many ASCII characters: from, to, channel
 * </pre>
 *
 * @param from host that calls
 * @param to host that is called
 * @param channel what the connection is for
 */
record Preamble(String from, String to, String channel) {
    static final int VERSION = 1;
    static final int HEADER = 12;
    static final int MAX_BODY = 512;
    static final int MAX_NAME = 64;
    static final int MAX_CHANNEL = 32;
    static final long MAGIC = 0x4b454d4152490d0aL;

    private static final byte TLS_HANDSHAKE = 22;
    private static final byte TLS_MAJOR = 3;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    Preamble {
        if (!NAME.matcher(from).matches() || !NAME.matcher(to).matches()) {
            throw new IllegalArgumentException("host names have 1 to 64 letters, digits, '-', '_' or '.'");
        }
        if (!NAME.matcher(channel).matches() || channel.length() > MAX_CHANNEL) {
            throw new IllegalArgumentException("channel names have 1 to 32 letters, digits, '-', '_' or '.'");
        }
    }

    byte[] encode() {
        byte[][] words = {ascii(from), ascii(to), ascii(channel)};
        int body = 0;
        for (byte[] word : words) {
            body += 1 + word.length;
        }
        ByteBuffer out = ByteBuffer.allocate(HEADER + body);
        out.putLong(MAGIC).putShort((short) VERSION).putShort((short) body);
        for (byte[] word : words) {
            out.put((byte) word.length).put(word);
        }
        return out.array();
    }

    /** Reads one from a connection. Nothing is allocated that the other end decides on beyond {@link #MAX_BODY} bytes. */
    static Preamble read(TimedInput in) throws IOException {
        int body = readHeader(in, MAX_BODY);
        ByteBuffer words = ByteBuffer.wrap(in.read(body));
        String from = word(words);
        String to = word(words);
        String channel = word(words);
        if (words.hasRemaining()) {
            throw new PreambleException("the preamble is longer than its three names");
        }
        try {
            return new Preamble(from, to, channel);
        } catch (IllegalArgumentException e) {
            throw new PreambleException("the preamble has an invalid name: " + e.getMessage());
        }
    }

    /** Reads magic, version and length, which the preamble and its reply have in common. */
    static int readHeader(TimedInput in, int maxBody) throws IOException {
        ByteBuffer header = ByteBuffer.wrap(in.read(HEADER));
        if (header.get(0) == TLS_HANDSHAKE && header.get(1) == TLS_MAJOR) {
            throw new SecurityRefusal("the other end speaks TLS, and this host is set to clear text: give both the same"
                    + " security in etc/org.kemari.link.cfg, best tls");
        }
        if (header.getLong() != MAGIC) {
            throw new PreambleException("the other end does not speak Kemari's protocol");
        }
        int version = Short.toUnsignedInt(header.getShort());
        if (version != VERSION) {
            throw new PreambleException(
                    "the other end speaks version " + version + " of the link protocol, this host version " + VERSION);
        }
        int body = Short.toUnsignedInt(header.getShort());
        if (body > maxBody) {
            throw new PreambleException("the preamble has " + body + " bytes, allowed are " + maxBody);
        }
        return body;
    }

    private static String word(ByteBuffer words) throws IOException {
        if (!words.hasRemaining()) {
            throw new PreambleException("the preamble ends too early");
        }
        int length = Byte.toUnsignedInt(words.get());
        if (length > words.remaining()) {
            throw new PreambleException("the preamble ends too early");
        }
        byte[] word = new byte[length];
        words.get(word);
        return new String(word, StandardCharsets.US_ASCII);
    }

    private static byte[] ascii(String word) {
        return word.getBytes(StandardCharsets.US_ASCII);
    }

    /** What bytes come from, with an end to the patience. */
    interface TimedInput {
        /**
         * @return exactly this many bytes
         * @throws EOFException if the other end closes before
         */
        byte[] read(int length) throws IOException;
    }
}
