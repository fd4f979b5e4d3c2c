package org.kemari.hypervisor.qemu.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;

/** Collects bytes and gives them out line by line; a line without end is refused. Not for several threads. */
final class LineBuffer {
    /** Takes a line; the bytes are valid only during the call. */
    interface LineConsumer {
        void line(byte[] bytes, int offset, int length) throws IOException;
    }

    private final int limit;
    private byte[] bytes = new byte[16 << 10];
    private int length;
    private int scanned;

    /** @param limit longest line, in bytes */
    LineBuffer(int limit) {
        this.limit = limit;
    }

    /**
     * Reads once and hands on the lines that are now complete.
     *
     * @return what the channel's read has returned: -1 at the end
     * @throws IOException if the channel fails or a line is longer than the limit
     */
    int readFrom(ReadableByteChannel channel, LineConsumer consumer) throws IOException {
        if (length == bytes.length) {
            if (length >= limit) {
                throw new IOException("a line of more than " + limit + " bytes");
            }
            bytes = Arrays.copyOf(bytes, Math.min(limit, bytes.length * 2));
        }
        int count = channel.read(ByteBuffer.wrap(bytes, length, bytes.length - length));
        if (count > 0) {
            length += count;
            giveOut(consumer);
        }
        return count;
    }

    private void giveOut(LineConsumer consumer) throws IOException {
        int start = 0;
        for (int i = scanned; i < length; i++) {
            if (bytes[i] == '\n') {
                int end = i > start && bytes[i - 1] == '\r' ? i - 1 : i;
                if (end > start) {
                    consumer.line(bytes, start, end - start);
                }
                start = i + 1;
            }
        }
        System.arraycopy(bytes, start, bytes, 0, length - start);
        length -= start;
        scanned = length;
    }
}
