package org.kemari.link.internal;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Bytes as they are. Anybody on the way can read and change them, and be anybody. */
record PlainWire(Connection connection) implements Wire {
    @Override
    public int read(ByteBuffer target) throws IOException {
        return connection.read(target);
    }

    @Override
    public void write(ByteBuffer... sources) throws IOException {
        connection.write(sources);
    }

    @Override
    public void confirm(String host) {
        // nothing to hold it against: it is what "clear text" means
    }

    @Override
    public boolean isOpen() {
        return connection.isOpen();
    }

    @Override
    public void close() {
        connection.close();
    }
}
