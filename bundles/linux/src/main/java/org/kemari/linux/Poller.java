package org.kemari.linux;

import static org.kemari.linux.LinuxException.check;

import java.io.IOException;
import org.kemari.linux.internal.LibKemari;

/**
 * Waits until one of many descriptors is readable, or closed by its other side (level-triggered: one that is not read
 * comes again). Threads: one awaits; any may add, remove and wake it up.
 */
public final class Poller implements AutoCloseable {
    /** The token that no descriptor can have. */
    public static final long RESERVED_TOKEN = Long.MIN_VALUE;

    private static final int CAPACITY = 256;

    private final Fd epoll;
    private final EventFd wakeup;
    private final NativeMemory tokens;
    private boolean awaiting;
    private boolean closed;

    public Poller() throws IOException {
        epoll = Fd.own(check(LibKemari.kemari_epoll(), "create", "epoll"), "epoll");
        wakeup = EventFd.create();
        tokens = NativeMemory.allocate(CAPACITY * 8L);
        check(LibKemari.kemari_epoll_add(epoll.value(), wakeup.fd().value(), RESERVED_TOKEN), "poll", wakeup.fd());
    }

    /**
     * Watches a descriptor.
     *
     * @param token given back by {@link #await}; not {@link #RESERVED_TOKEN}
     */
    public void add(Fd fd, long token) throws IOException {
        if (token == RESERVED_TOKEN) {
            throw new IllegalArgumentException("this token is reserved");
        }
        int poller = epoll.acquire();
        try {
            int number = fd.acquire();
            try {
                check(LibKemari.kemari_epoll_add(poller, number, token), "poll", fd);
            } finally {
                fd.release();
            }
        } finally {
            epoll.release();
        }
    }

    /**
     * Forgets a descriptor, which must still be open: the kernel would go on watching one that is closed here but open
     * elsewhere. A token already collected by a running {@link #await} may still be reported.
     */
    public void remove(Fd fd) throws IOException {
        int poller = epoll.acquire();
        try {
            int number = fd.acquire();
            try {
                check(LibKemari.kemari_epoll_remove(poller, number), "stop polling", fd);
            } finally {
                fd.release();
            }
        } finally {
            epoll.release();
        }
    }

    /**
     * Waits.
     *
     * @param readyTokens receives the tokens, as many as fit (at most 256); the others come next time
     * @param timeoutMillis -1: for ever; 0: not at all
     * @return how many tokens; 0 if time is up, or {@link #wakeup} or {@link #close} was called
     */
    public int await(long[] readyTokens, int timeoutMillis) throws IOException {
        synchronized (this) {
            if (closed) {
                throw new IOException("the poller is closed");
            }
            if (awaiting) {
                throw new IllegalStateException("another thread is awaiting");
            }
            awaiting = true;
        }
        try {
            // One more than asked for: the wake-up takes no room from the others.
            int capacity = Math.min(readyTokens.length + 1, CAPACITY);
            int ready = (int) check(
                    LibKemari.kemari_epoll_wait(epoll.value(), tokens.address(), capacity, timeoutMillis),
                    "wait",
                    epoll);
            int count = 0;
            for (int i = 0; i < ready; i++) {
                long token = tokens.getLong(i * 8L);
                if (token == RESERVED_TOKEN) {
                    wakeup.drain();
                } else if (count < readyTokens.length) {
                    readyTokens[count++] = token;
                }
            }
            return count;
        } finally {
            finished();
        }
    }

    /** Lets the thread that awaits, or the next that does, return at once. */
    public void wakeup() throws IOException {
        wakeup.signal();
    }

    private synchronized void finished() {
        awaiting = false;
        if (closed) {
            release();
        }
    }

    /** Ends a running {@link #await}. The descriptors stay open: they are not owned by this. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (!awaiting) {
            release();
            return;
        }
        try {
            wakeup.signal();
        } catch (IOException e) {
            throw new IllegalStateException("cannot wake up the poller", e);
        }
    }

    private void release() {
        epoll.close();
        wakeup.close();
        tokens.close();
    }
}
