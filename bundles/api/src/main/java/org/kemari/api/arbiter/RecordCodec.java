package org.kemari.api.arbiter;

import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * The form in which engines store a record. It is text: one {@code key=value} a line, in this order, all of them required, and a checksum of the lines before
 * it. Anything else is corrupt: a record that cannot be trusted must not be taken for another one.
 */
public final class RecordCodec {
    /** More than any record has; what is larger is not a record. */
    public static final int MAX_BYTES = 4096;

    private static final String HEADER = "kemari-record 1";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private RecordCodec() {}

    /** Why a text is not a record. */
    public static final class CorruptException extends Exception {
        private static final long serialVersionUID = 1L;

        CorruptException(String message) {
            super(message);
        }
    }

    /**
     * Checks a name that is to become part of a record, or of the name of the place where it is kept.
     *
     * @param what whose name it is, for the error
     * @return the name
     * @throws IllegalArgumentException if it is not 1 to 64 letters, digits, '-' or '_'
     */
    public static String name(String what, String value) {
        if (!NAME.matcher(value).matches()) {
            throw new IllegalArgumentException(what + " '" + value + "' is not 1 to 64 letters, digits, '-' or '_'");
        }
        return value;
    }

    /**
     * The text of a record, in ASCII.
     *
     * @throws IllegalArgumentException if one of its names is not a {@linkplain #name name}
     */
    public static byte[] encode(OwnershipRecord record) {
        String body = HEADER + "\n"
                + "domain=" + name("domain", record.domain()) + "\n"
                + "generation=" + record.generation() + "\n"
                + "owner=" + name("owner", record.owner()) + "\n"
                + "standby=" + record.standby().map(s -> name("standby", s)).orElse("") + "\n"
                + "session=" + record.session() + "\n";
        return (body + "crc32c=" + checksum(body) + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * The record of a text.
     *
     * @throws CorruptException if it is not exactly what {@link #encode} makes of a record
     */
    public static OwnershipRecord decode(byte[] bytes) throws CorruptException {
        if (bytes.length == 0) {
            throw new CorruptException("it is empty");
        }
        if (bytes.length > MAX_BYTES) {
            throw new CorruptException("it is larger than " + MAX_BYTES + " bytes");
        }
        String text;
        try {
            text = StandardCharsets.US_ASCII
                    .newDecoder()
                    .decode(java.nio.ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new CorruptException("it is not text");
        }
        String[] lines = text.split("\n", -1);
        if (lines.length != 8 || !lines[7].isEmpty()) {
            throw new CorruptException("it does not have the lines of a record");
        }
        if (!lines[0].equals(HEADER)) {
            throw new CorruptException("it does not begin with '" + HEADER + "'");
        }
        String body = text.substring(0, text.indexOf("crc32c=") < 0 ? 0 : text.lastIndexOf("crc32c="));
        if (!value(lines, 6, "crc32c").equals(checksum(body))) {
            throw new CorruptException("its checksum is wrong");
        }
        try {
            String standby = value(lines, 4, "standby");
            return new OwnershipRecord(
                    name("domain", value(lines, 1, "domain")),
                    Long.parseLong(value(lines, 2, "generation")),
                    name("owner", value(lines, 3, "owner")),
                    standby.isEmpty() ? Optional.empty() : Optional.of(name("standby", standby)),
                    Long.parseLong(value(lines, 5, "session")));
        } catch (IllegalArgumentException e) {
            throw new CorruptException(e.getMessage());
        }
    }

    private static String value(String[] lines, int index, String key) throws CorruptException {
        if (!lines[index].startsWith(key + "=")) {
            throw new CorruptException("line " + (index + 1) + " is not " + key + "=…");
        }
        return lines[index].substring(key.length() + 1);
    }

    private static String checksum(String body) {
        CRC32C crc = new CRC32C();
        crc.update(body.getBytes(StandardCharsets.US_ASCII));
        // by hand: the first use of a formatter costs a takeover milliseconds
        String digits = Long.toHexString(crc.getValue());
        return "0".repeat(8 - digits.length()) + digits;
    }
}
