package org.kemari.link.internal;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.kemari.api.config.HostAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens for other hosts, and keeps trying while the address is not there (yet, or any more). */
final class LinkListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LinkListener.class);
    private static final int BACKLOG = 64;

    private final HostAddress address;
    private final Duration retryDelay;
    private final Consumer<SocketChannel> accepted;
    private final Thread thread;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile ServerSocketChannel server;
    private String lastComplaint = "";

    LinkListener(HostAddress address, Duration retryDelay, Consumer<SocketChannel> accepted) {
        this.address = address;
        this.retryDelay = retryDelay;
        this.accepted = accepted;
        this.thread = new Thread(this::run, "kemari-link-listener-" + address);
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Where it listens at present. */
    Optional<InetSocketAddress> boundTo() {
        ServerSocketChannel current = server;
        try {
            return current == null
                    ? Optional.empty()
                    : Optional.ofNullable((InetSocketAddress) current.getLocalAddress());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private void run() {
        try {
            do {
                listen();
            } while (!closing.await(retryDelay.toNanos(), TimeUnit.NANOSECONDS));
        } catch (InterruptedException e) {
            LOG.debug("The listener was interrupted", e);
        }
    }

    private void listen() {
        try (ServerSocketChannel socket = ServerSocketChannel.open()) {
            socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            InetSocketAddress local = new InetSocketAddress(address.address(), address.port());
            if (local.isUnresolved()) {
                throw new IOException("the address cannot be resolved");
            }
            socket.bind(local, BACKLOG);
            server = socket;
            lastComplaint = "";
            LOG.info("Listening for other hosts at {}", address);
            while (closing.getCount() > 0) {
                accepted.accept(socket.accept());
            }
        } catch (ClosedChannelException e) {
            LOG.debug("The listening socket is closed", e);
        } catch (IOException e) {
            complain(e);
        } finally {
            server = null;
        }
    }

    /** Says it once, not at every attempt. */
    private void complain(IOException e) {
        String complaint = String.valueOf(e.getMessage());
        if (!complaint.equals(lastComplaint)) {
            lastComplaint = complaint;
            LOG.warn(
                    "Cannot listen for other hosts at {} ({}); trying again every {} ms",
                    address,
                    complaint,
                    retryDelay.toMillis());
        }
    }

    @Override
    public void close() {
        closing.countDown();
        // interrupting ends a blocked accept as well as a bind that is about to come
        thread.interrupt();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
