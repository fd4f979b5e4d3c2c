package org.kemari.micro;

import java.nio.ByteBuffer;
import org.kemari.api.link.Link;

/** A link that takes everything and has nothing to read. */
class Nowhere implements Link {
    @Override
    public String peer() {
        return "nobody";
    }

    @Override
    public String remoteAddress() {
        return "nowhere";
    }

    @Override
    public int read(ByteBuffer target) {
        return -1;
    }

    @Override
    public void write(ByteBuffer... sources) {
        for (ByteBuffer source : sources) {
            source.position(source.limit());
        }
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {}
}
