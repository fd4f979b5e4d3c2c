package org.kemari.eventtap.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.kemari.linux.UnixSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects to a socket as soon as somebody listens on it. A hypervisor that starts is not kept waiting. */
final class PatientConnector implements Connector {
    private static final Logger LOG = LoggerFactory.getLogger(PatientConnector.class);
    private static final long SHORTEST_WAIT_MILLIS = 2;
    private static final long LONGEST_WAIT_MILLIS = 20;
    /** After so many attempts in vain the wait grows by a millisecond. */
    private static final int PATIENCE = 200;

    private final Path socket;
    private final CountDownLatch closed = new CountDownLatch(1);

    PatientConnector(Path socket) {
        this.socket = socket;
    }

    @Override
    public UnixSocket next() throws IOException {
        for (int attempt = 0; ; attempt++) {
            if (Files.exists(socket)) {
                try {
                    return UnixSocket.connect(socket);
                } catch (IOException e) {
                    // Nobody listens yet, or who did is gone: the file alone says nothing.
                    LOG.trace("{} cannot be connected to yet", socket, e);
                }
            }
            if (isClosedWithin(Math.min(LONGEST_WAIT_MILLIS, SHORTEST_WAIT_MILLIS + attempt / PATIENCE))) {
                throw new IOException("no connection to " + socket + " is wanted any more");
            }
        }
    }

    private boolean isClosedWithin(long millis) throws IOException {
        try {
            return closed.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while connecting to " + socket, e);
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
