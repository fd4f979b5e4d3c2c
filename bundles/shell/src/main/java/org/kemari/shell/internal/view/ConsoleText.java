package org.kemari.shell.internal.view;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Makes text of what a guest has written to its console. A guest is not trusted: of its control characters only line feeds
 * and tabs are left, so that it cannot do anything to the operator's terminal. Escape sequences vanish as a whole. Bytes may
 * come in pieces of any size.
 */
public final class ConsoleText {
    private static final char ESCAPE = 0x1b;
    private static final char BELL = 7;

    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private byte[] rest = {};
    private Where where = Where.TEXT;

    /** Where in an escape sequence the text is. */
    private enum Where {
        TEXT,
        /** Behind an escape character. */
        ESCAPED,
        /** Behind {@code ESC [}; ends with a letter or the like. */
        CONTROL_SEQUENCE,
        /** Behind {@code ESC ]} and others; ends with a bell or {@code ESC \}, here also with a line feed. */
        STRING
    }

    /** The text of further bytes; an unfinished character or sequence at their end is kept for the next call. */
    public String next(byte[] bytes) {
        ByteBuffer in = ByteBuffer.allocate(rest.length + bytes.length);
        in.put(rest).put(bytes).flip();
        CharBuffer out = CharBuffer.allocate(in.remaining() + 1);
        decoder.decode(in, out, false);
        rest = new byte[in.remaining()];
        in.get(rest);
        StringBuilder text = new StringBuilder();
        out.flip().chars().forEach(c -> accept((char) c, text));
        return text.toString();
    }

    private void accept(char c, StringBuilder text) {
        switch (where) {
            case TEXT -> {
                if (c == ESCAPE) {
                    where = Where.ESCAPED;
                } else if (c == '\n' || c == '\t' || !Character.isISOControl(c) && !changesDirection(c)) {
                    text.append(c);
                }
            }
            case ESCAPED -> where = afterEscape(c);
            case CONTROL_SEQUENCE -> where = c >= 0x40 && c <= 0x7e ? Where.TEXT : where;
            case STRING -> string(c, text);
        }
    }

    private static Where afterEscape(char c) {
        if (c == '[') {
            return Where.CONTROL_SEQUENCE;
        }
        // device control, operating system command, private message, application command
        return "P]^_".indexOf(c) >= 0 ? Where.STRING : Where.TEXT;
    }

    private void string(char c, StringBuilder text) {
        if (c == ESCAPE) {
            where = Where.ESCAPED;
        } else if (c == BELL) {
            where = Where.TEXT;
        } else if (c == '\n') {
            where = Where.TEXT;
            text.append(c);
        }
    }

    /** Whether what follows would be shown in another order than it is. */
    private static boolean changesDirection(char c) {
        return c >= '\u202a' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069';
    }
}
