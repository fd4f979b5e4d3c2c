package org.kemari.statetransfer.internal.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.kemari.api.link.Link;

/** A link to and from memory. */
final class BufferLink implements Link {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final ByteBuffer toRead;

    BufferLink(byte[] toRead) {
        this.toRead = ByteBuffer.wrap(toRead);
    }

    byte[] written() {
        return written.toByteArray();
    }

    @Override
    public String peer() {
        return "peer";
    }

    @Override
    public String remoteAddress() {
        return "memory";
    }

    @Override
    public int read(ByteBuffer target) {
        if (!toRead.hasRemaining()) {
            return -1;
        }
        int length = Math.min(target.remaining(), toRead.remaining());
        target.put(toRead.slice(toRead.position(), length));
        toRead.position(toRead.position() + length);
        return length;
    }

    @Override
    public void write(ByteBuffer... sources) {
        for (ByteBuffer source : sources) {
            byte[] bytes = new byte[source.remaining()];
            source.get(bytes);
            written.writeBytes(bytes);
        }
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {}
}
