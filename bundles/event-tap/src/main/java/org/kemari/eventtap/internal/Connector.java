package org.kemari.eventtap.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
        return new Connector() {
            private static final long RETRY_MILLIS = 3;
            private final CountDownLatch closed = new CountDownLatch(1);

            @Override
            public UnixSocket next() throws IOException {
                do {
                    if (java.nio.file.Files.exists(socket)) {
                        try {
                            return UnixSocket.connect(socket);
                        } catch (IOException e) {
                            // Nobody listens yet, or the one who did is gone: the file alone says nothing.
                            org.slf4j.LoggerFactory.getLogger(Connector.class).trace("not connected yet", e);
                        }
                    }
                } while (!isClosedAfterWait());
                throw new IOException(socket + " is not wanted any more");
            }

            private boolean isClosedAfterWait() throws IOException {
                try {
                    return closed.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException("interrupted while connecting to " + socket, e);
                }
            }

            @Override
            public void close() {
                closed.countDown();
            }
        };
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
