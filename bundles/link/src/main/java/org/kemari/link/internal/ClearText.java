package org.kemari.link.internal;

import java.io.IOException;

/** No protection, for those who have asked for it in so many words. */
final class ClearText implements Security {
    @Override
    public Wire dialled(Connection connection, String peer) {
        return new PlainWire(connection);
    }

    @Override
    public Wire called(Connection connection) {
        return new PlainWire(connection);
    }

    @Override
    public void ready() {
        // always
    }

    @Override
    public IOException explain(IOException error, String peer) {
        return error;
    }

    @Override
    public void close() {
        // holds nothing
    }
}
