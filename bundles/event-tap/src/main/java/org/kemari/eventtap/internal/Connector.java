package org.kemari.eventtap.internal;

import java.io.IOException;
import java.nio.file.Path;
import org.kemari.linux.UnixListener;
import org.kemari.linux.UnixSocket;

/** Where the connections to front ends come from, one after the other. */
interface Connector extends AutoCloseable {
    /**
     * Waits for the next connection.
     *
     * @throws IOException if there will be none: this has been closed
     */
    UnixSocket next() throws IOException;

    /** Ends a waiting {@link #next}. */
    @Override
    void close();

    /** The front end listens: connects as soon as it does. */
    static Connector to(Path socket) {
        return new PatientConnector(socket);
    }

    /** Front ends connect to us. */
    static Connector on(UnixListener listener) {
        return new Connector() {
            @Override
            public UnixSocket next() throws IOException {
                return listener.accept();
            }

            @Override
            public void close() {
                listener.close();
            }
        };
    }
}
