package org.kemari.ringrestoration.internal;

import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flushes a disk on a thread of its own, so that a commit does not wait for the medium: the data is in the host's page
 * cache, which survives whatever happens to this process. Requests that come during a flush share the next one.
 */
final class Flusher implements AutoCloseable {
    /** What is to be done. */
    interface Flush {
        void run() throws IOException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(Flusher.class);

    private final Flush flush;
    private final Thread thread;
    private boolean wanted;
    private boolean busy;
    private boolean closed;
    private Optional<IOException> failure = Optional.empty();

    Flusher(Flush flush, String name) {
        this.flush = flush;
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Asks for a flush of all that has been written so far. */
    synchronized void request() {
        wanted = true;
        notifyAll();
    }

    /** @throws IOException if a flush failed: nobody knows what the disk holds then, now and later */
    synchronized void check() throws IOException {
        if (failure.isPresent()) {
            throw new IOException("an earlier flush failed: " + failure.get().getMessage(), failure.get());
        }
    }

    /** Returns when all flushes asked for are done. */
    synchronized void await() throws IOException {
        try {
            while (wanted || busy) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for a flush", e);
        }
        check();
    }

    private void run() {
        while (take()) {
            Optional<IOException> result = Optional.empty();
            try {
                flush.run();
            } catch (IOException e) {
                LOG.warn("Flush failed; the copy of this disk cannot be relied on: {}", e.getMessage());
                result = Optional.of(e);
            }
            done(result);
        }
    }

    private synchronized boolean take() {
        boolean interrupted = false;
        while (!wanted && !closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        busy = wanted;
        wanted = false;
        return busy;
    }

    private synchronized void done(Optional<IOException> result) {
        busy = false;
        failure = failure.or(() -> result);
        notifyAll();
    }

    /** Ends the thread, after the flushes asked for. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
