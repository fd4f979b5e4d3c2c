package org.kemari.shell.internal.view;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Reads the end of a file, and then what is added to it. Used by one thread. */
public final class FileTail {
    /** So far back does the search for lines go, and so much is read at once at most. */
    static final int MOST_BYTES = 1 << 20;

    private final Path file;
    private Object key;
    private long position;

    public FileTail(Path file) {
        this.file = file;
    }

    /**
     * The last lines, the last of them complete or not.
     *
     * @param lines how many at most; fewer if they are longer than 1 MiB together
     */
    public byte[] last(int lines) throws IOException {
        key = key();
        long size = Files.size(file);
        position = Math.max(0, size - MOST_BYTES);
        byte[] end = read((int) (size - position));
        int from = end.length;
        // a line feed at the very end ends the last line and begins none
        int at = end.length - 1;
        for (int found = 0; found < lines && from > 0; found++) {
            at--;
            while (at >= 0 && end[at] != '\n') {
                at--;
            }
            from = at + 1;
        }
        return Arrays.copyOfRange(end, from, end.length);
    }

    /** What has been added since the last call, 1 MiB at most. A file that was replaced or cut is read from its beginning. */
    public byte[] added() throws IOException {
        if (!Files.exists(file)) {
            return new byte[0];
        }
        long size = Files.size(file);
        Object now = key();
        if (!now.equals(key) || size < position) {
            key = now;
            position = 0;
        }
        return read((int) Math.min(MOST_BYTES, size - position));
    }

    private Object key() throws IOException {
        return Files.getAttribute(file, "unix:ino");
    }

    private byte[] read(int most) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(most);
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            channel.position(position);
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
                // until it is full or the file ends
            }
        }
        position += buffer.position();
        return Arrays.copyOf(buffer.array(), buffer.position());
    }
}
