package org.kemari.eventtap.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.kemari.linux.DirtyBitmap;
import org.kemari.linux.LinuxException;
import org.kemari.linux.Poller;
import org.kemari.linux.UnixSocket;
import org.kemari.virtio.vhostuser.VhostUserConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread of a device's vhost-user connection: gets a connection, serves it to its end, gets the next one. */
final class DeviceServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceServer.class);
    private static final long MESSAGE = 1;
    private static final long PAUSE_AFTER_FAULT_MILLIS = 100;

    private final TappedDevice device;
    private final Connector connector;
    private final Optional<DirtyBitmap> dirtyPages;
    private final Poller poller = new Poller();
    private final Thread thread;
    private final Object fences = new Object();
    private volatile long fenceAsked;
    private long fenceReached;
    private boolean serving;
    private Optional<UnixSocket> current = Optional.empty();
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile boolean closed;

    DeviceServer(TappedDevice device, Connector connector, Optional<DirtyBitmap> dirtyPages) throws IOException {
        this.device = device;
        this.connector = connector;
        this.dirtyPages = dirtyPages;
        thread = new Thread(this::run, "kemari-vhost-" + device.threadName);
        thread.setDaemon(true);
    }

    void start() {
        device.start();
        thread.start();
    }

    TappedDevice device() {
        return device;
    }

    private void run() {
        while (!closed) {
            try (UnixSocket socket = admit(connector.next());
                    VhostUserConnection connection = new VhostUserConnection(socket)) {
                LOG.debug("{}: connected", device.id);
                serve(connection);
                LOG.debug("{}: the front end has closed the connection", device.id);
            } catch (IOException e) {
                if (!closed && isHangUp(e)) {
                    LOG.info("{}: the hypervisor is gone: {}", device.id, e.getMessage());
                } else if (!closed) {
                    LOG.warn("{}: the connection is given up: {}", device.id, e.getMessage());
                    pauseAfterFault();
                }
            } catch (RuntimeException e) {
                LOG.error("{}: the connection is given up", device.id, e);
                pauseAfterFault();
            }
        }
    }

    private static boolean isHangUp(IOException e) {
        return e instanceof LinuxException failure
                && (failure.errno() == LinuxException.ECONNRESET || failure.errno() == LinuxException.EPIPE);
    }

    /** Two sides that do not understand each other shall not keep the machine busy. */
    private void pauseAfterFault() {
        try {
            closed |= closing.await(PAUSE_AFTER_FAULT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            LOG.debug("{}: nobody interrupts this thread but to end it", device.id, e);
            closed = true;
        }
    }

    private UnixSocket admit(UnixSocket socket) throws IOException {
        synchronized (fences) {
            current = Optional.of(socket);
        }
        if (closed) {
            socket.shutdown();
        }
        return socket;
    }

    private void shutDownConnection() {
        synchronized (fences) {
            try {
                if (current.isPresent() && !current.get().fd().isClosed()) {
                    current.get().shutdown();
                }
            } catch (IOException e) {
                LOG.debug("{}: its connection has ended already", device.id, e);
            }
        }
    }

    private void serve(VhostUserConnection connection) throws IOException {
        ProtocolSession session = new ProtocolSession(device, connection, dirtyPages);
        device.port().connected();
        setServing(true);
        poller.add(connection.fd(), MESSAGE);
        try {
            long[] tokens = new long[1];
            while (!closed) {
                long fence = fenceAsked;
                int ready = poller.await(tokens, 0);
                if (ready == 0) {
                    reached(fence);
                    if (fence == fenceAsked && !closed) {
                        ready = poller.await(tokens, -1);
                    }
                }
                if (ready > 0 && !session.handleNext()) {
                    return;
                }
            }
        } finally {
            try {
                poller.remove(connection.fd());
            } finally {
                device.port().disconnected();
                setServing(false);
            }
        }
    }

    private void setServing(boolean value) {
        synchronized (fences) {
            serving = value;
            fences.notifyAll();
        }
    }

    private void reached(long fence) {
        synchronized (fences) {
            if (fence > fenceReached) {
                fenceReached = fence;
                fences.notifyAll();
            }
        }
    }

    /** Asks the thread to say when it has handled all that the front end has sent until now. */
    long askToCatchUp() throws IOException {
        synchronized (fences) {
            fenceAsked++;
            poller.wakeup();
            return fenceAsked;
        }
    }

    /**
     * Waits until it has said so.
     *
     * @param fence result of {@link #askToCatchUp}
     * @throws IOException if that takes longer
     */
    void awaitCatchUp(long fence, Duration timeout) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        synchronized (fences) {
            while (serving && fenceReached < fence) {
                long leftMillis = (deadline - System.nanoTime()) / 1_000_000;
                if (leftMillis <= 0) {
                    throw new IOException(device.id + ": the hypervisor's messages were not handled in time");
                }
                try {
                    fences.wait(leftMillis);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException(device.id + ": interrupted", e);
                }
            }
        }
    }

    /** Ends the connection and the device; nothing is executed once this has returned. */
    @Override
    public void close() {
        closed = true;
        closing.countDown();
        connector.close();
        device.port().quiesce();
        shutDownConnection();
        try {
            poller.wakeup();
        } catch (IOException e) {
            LOG.warn("{}: its connection cannot be woken up", device.id, e);
        }
        Threads.join(thread);
        poller.close();
        device.close();
    }
}
