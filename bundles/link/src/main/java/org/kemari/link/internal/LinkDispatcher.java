package org.kemari.link.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;
import org.kemari.api.config.HostSettings;
import org.kemari.api.link.Link;
import org.kemari.api.link.LinkAcceptor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out who an incoming connection comes from and hands it to the acceptor that it asks for. Each connection has a
 * thread of its own; the number of those that have not yet said who they are is bounded, and so is their time.
 */
final class LinkDispatcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LinkDispatcher.class);
    private static final Duration LAST_WORDS = Duration.ofMillis(300);

    private final Supplier<HostSettings> settings;
    private final Supplier<Security> security;
    private final Function<String, Optional<LinkAcceptor>> acceptors;
    private final Duration preambleTimeout;
    private final Semaphore strangers;
    private final Map<SocketChannel, String> open = new ConcurrentHashMap<>();
    private final Complaints complaints = new Complaints(System::nanoTime);
    private volatile boolean closed;

    /**
     * @param security what protects the next connection
     * @param acceptors the acceptor of a channel
     * @param preambleTimeout for a connection to say who it is
     * @param maxStrangers connections that have not yet said so, at most
     */
    LinkDispatcher(
            Supplier<HostSettings> settings,
            Supplier<Security> security,
            Function<String, Optional<LinkAcceptor>> acceptors,
            Duration preambleTimeout,
            int maxStrangers) {
        this.settings = settings;
        this.security = security;
        this.acceptors = acceptors;
        this.preambleTimeout = preambleTimeout;
        this.strangers = new Semaphore(maxStrangers);
    }

    /** Takes charge of a connection. Returns at once. */
    void accepted(SocketChannel channel) {
        if (!strangers.tryAcquire()) {
            String cause = "too many connections have not said who they are";
            if (complaints.isNews("too many", cause)) {
                LOG.warn("Connection from {} closed: {}", remote(channel), cause);
            }
            Channels.close(channel);
            return;
        }
        open.put(channel, remote(channel));
        if (closed) {
            forget(channel);
            strangers.release();
            return;
        }
        Thread thread = new Thread(() -> serve(channel), "kemari-link-incoming");
        thread.setDaemon(true);
        try {
            thread.start();
        } catch (OutOfMemoryError e) {
            // no thread to be had: the connection suffers, not the listener
            LOG.error("Connection from {} closed: {}", remote(channel), e.getMessage());
            forget(channel);
            strangers.release();
        }
    }

    /** The connections there are, for tests and for people. */
    Set<SocketChannel> connections() {
        return Set.copyOf(open.keySet());
    }

    private void serve(SocketChannel channel) {
        try {
            Visitor visitor = new Visitor(channel);
            Optional<LinkAcceptor> acceptor;
            try {
                acceptor = welcome(visitor);
            } finally {
                strangers.release();
            }
            if (acceptor.isPresent()) {
                try (Link link = visitor.link()) {
                    complaints.settled(visitor.name);
                    complaints.settled(visitor.connection.remoteMachine());
                    LOG.debug("{} accepted", link);
                    acceptor.get().accepted(link);
                }
            }
        } catch (IOException e) {
            LOG.debug("The connection was gone before it began", e);
        } catch (RuntimeException e) {
            LOG.error("The acceptor of the link from {} failed", remote(channel), e);
        } finally {
            forget(channel);
        }
    }

    /** One who calls: at first an address, in the end a host with a certificate. */
    private static final class Visitor {
        final Connection connection;
        String name;
        Optional<Wire> wire = Optional.empty();
        String host = "";

        Visitor(SocketChannel channel) throws IOException {
            connection = new Connection(channel);
            name = connection.remoteMachine();
        }

        Link link() {
            return new SocketLink(wire.orElseThrow(), host, connection.remoteAddress());
        }
    }

    /** Finds out who it is and what it wants; empty if it is refused, and has been told so. */
    private Optional<LinkAcceptor> welcome(Visitor visitor) {
        try {
            visitor.connection.limit(preambleTimeout);
            Wire wire = security.get().called(visitor.connection);
            visitor.wire = Optional.of(wire);
            Preamble preamble = Preamble.read(SocketLink.input(wire));
            wire.confirm(preamble.from());
            visitor.host = preamble.from();
            visitor.name = "host " + preamble.from() + ", channel " + preamble.channel();
            LinkAcceptor acceptor = judge(preamble);
            wire.write(ByteBuffer.wrap(PreambleReply.ACCEPTED.encode()));
            visitor.connection.unlimited();
            Thread.currentThread().setName("kemari-link-" + preamble.channel() + "-" + preamble.from());
            return Optional.of(acceptor);
        } catch (IOException e) {
            refuse(visitor, e);
            return Optional.empty();
        }
    }

    private LinkAcceptor judge(Preamble preamble) throws PreambleException {
        HostSettings host = settings.get();
        if (!preamble.to().equals(host.name())) {
            throw new PreambleException("this is host " + host.name() + ", not " + preamble.to());
        }
        if (!host.peers().containsKey(preamble.from())) {
            throw new PreambleException(
                    "host " + preamble.from() + " is not among the peers in the settings of " + host.name());
        }
        return acceptors
                .apply(preamble.channel())
                .orElseThrow(() -> new PreambleException("host " + host.name() + " has nothing that serves the channel "
                        + preamble.channel() + " at present"));
    }

    private void refuse(Visitor visitor, IOException reason) {
        if (closed) {
            return;
        }
        String why = String.valueOf(reason.getMessage());
        if (complaints.isNews(visitor.name, why)) {
            LOG.warn(
                    "Connection from {} ({}) refused: {} (said once; attempts with the same result are logged at DEBUG)",
                    visitor.name,
                    visitor.connection.remoteAddress(),
                    why);
        }
        LOG.debug("Connection from {} ({}) refused", visitor.name, visitor.connection.remoteAddress(), reason);
        if (visitor.wire.isEmpty()) {
            // who cannot be talked to safely has been told what there was to tell
            return;
        }
        try {
            visitor.wire.get().write(ByteBuffer.wrap(PreambleReply.refused(why).encode()));
            visitor.connection.linger(LAST_WORDS);
        } catch (IOException e) {
            LOG.debug("The refusal could not be sent to {}", visitor.connection.remoteAddress(), e);
        }
    }

    private void forget(SocketChannel channel) {
        open.remove(channel);
        Channels.close(channel);
    }

    private static String remote(SocketChannel channel) {
        try {
            return String.valueOf(channel.getRemoteAddress());
        } catch (IOException e) {
            return "a connection that is gone";
        }
    }

    /** Ends all connections. */
    @Override
    public void close() {
        closed = true;
        connections().forEach(this::forget);
    }
}
