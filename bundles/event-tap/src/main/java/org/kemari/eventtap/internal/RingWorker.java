package org.kemari.eventtap.internal;

import java.io.IOException;
import java.util.Optional;
import org.kemari.linux.EventFd;
import org.kemari.linux.Fd;
import org.kemari.linux.Poller;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that looks after the rings of one device: woken by the driver's kicks, it lets the device serve them. */
final class RingWorker implements AutoCloseable {
    private static final int TOKENS = 64;

    private final Logger log = LoggerFactory.getLogger(RingWorker.class);
    private final TappedDevice device;
    private final Poller poller = new Poller();
    private final Thread thread;
    private volatile boolean closed;

    RingWorker(TappedDevice device) throws IOException {
        this.device = device;
        thread = new Thread(this::run, "kemari-rings-" + device.threadName);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Looks at the rings, as if the driver had kicked. */
    void wakeup() {
        try {
            poller.wakeup();
        } catch (IOException e) {
            log.warn("the worker of {} cannot be woken up", device.id, e);
        }
    }

    /** Waits for something else than a ring, with a negative token. */
    void watch(Fd fd, long token) throws IOException {
        poller.add(fd, token);
    }

    void unwatch(Fd fd) throws IOException {
        poller.remove(fd);
    }

    /** Takes over the descriptor by which the driver kicks. With the device's lock held. */
    void watch(Ring ring, EventFd kick) throws IOException {
        unwatch(ring);
        ring.kick = Optional.of(kick);
        poller.add(kick.fd(), ring.index);
    }

    /** With the device's lock held. */
    void unwatch(Ring ring) {
        if (ring.kick.isEmpty()) {
            return;
        }
        try (EventFd old = ring.kick.get()) {
            poller.remove(old.fd());
        } catch (IOException e) {
            log.warn("{}: the kick descriptor of ring {} cannot be given back", device.id, ring.index, e);
        }
        ring.kick = Optional.empty();
    }

    private void run() {
        long[] tokens = new long[TOKENS];
        boolean more = false;
        while (!closed) {
            try {
                int count = poller.await(tokens, more ? 0 : -1);
                for (int i = 0; i < count; i++) {
                    if (tokens[i] >= 0) {
                        device.kicked((int) tokens[i]);
                    }
                }
                device.giveWay();
                more = !closed && device.serve();
            } catch (IOException | RuntimeException e) {
                if (!closed) {
                    log.error("{}: its rings cannot be served", device.id, e);
                    device.fail("internal fault: " + e);
                    more = false;
                }
            }
        }
    }

    /** Returns when the thread has ended. */
    @Override
    public void close() {
        closed = true;
        wakeup();
        Threads.join(thread);
        poller.close();
    }
}
