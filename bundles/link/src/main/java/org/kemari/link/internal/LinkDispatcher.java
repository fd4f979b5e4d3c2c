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
import org.kemari.api.link.LinkAcceptor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out who an incoming connection comes from and hands it to the acceptor that it asks for. Each connection has a
 * thread of its own; the number of those that have not yet said who they are is bounded, and so is their time.
 */
final class LinkDispatcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LinkDispatcher.class);

    private final Supplier<HostSettings> settings;
    private final Function<String, Optional<LinkAcceptor>> acceptors;
    private final Duration preambleTimeout;
    private final Semaphore strangers;
    private final Map<SocketChannel, String> open = new ConcurrentHashMap<>();
    private final Complaints complaints = new Complaints(System::nanoTime);
    private volatile boolean closed;

    /**
     * @param acceptors the acceptor of a channel
     * @param preambleTimeout for a connection to say who it is
     * @param maxStrangers connections that have not yet said so, at most
     */
    LinkDispatcher(
            Supplier<HostSettings> settings,
            Function<String, Optional<LinkAcceptor>> acceptors,
            Duration preambleTimeout,
            int maxStrangers) {
        this.settings = settings;
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
            LinkAcceptor acceptor;
            SocketLink link;
            String caller = caller(channel);
            try {
                SocketLink.prepare(channel);
                Preamble preamble = Preamble.read(SocketLink.timedInput(channel, preambleTimeout));
                caller = "host " + preamble.from() + ", channel " + preamble.channel();
                acceptor = judge(preamble);
                link = new SocketLink(channel, preamble.from());
                SocketLink.writeFully(channel, ByteBuffer.wrap(PreambleReply.ACCEPTED.encode()));
                Thread.currentThread().setName("kemari-link-" + preamble.channel() + "-" + preamble.from());
            } catch (IOException e) {
                refuse(channel, caller, e);
                return;
            } finally {
                strangers.release();
            }
            complaints.settled(caller);
            LOG.debug("{} accepted", link);
            acceptor.accepted(link);
        } catch (RuntimeException e) {
            LOG.error("The acceptor of the link from {} failed", remote(channel), e);
        } finally {
            forget(channel);
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

    private void refuse(SocketChannel channel, String caller, IOException reason) {
        if (closed) {
            return;
        }
        if (complaints.isNews(caller, String.valueOf(reason.getMessage()))) {
            LOG.warn(
                    "Connection from {} ({}) refused: {} (said once; attempts with the same result are logged at DEBUG)",
                    caller,
                    remote(channel),
                    reason.getMessage());
        } else {
            LOG.debug("Connection from {} ({}) refused: {}", caller, remote(channel), reason.getMessage());
        }
        try {
            SocketLink.writeFully(
                    channel,
                    ByteBuffer.wrap(PreambleReply.refused(String.valueOf(reason.getMessage()))
                            .encode()));
            // what was sent and not read would make the close a reset, which can overtake the reply
            channel.shutdownOutput();
        } catch (IOException e) {
            LOG.debug("The refusal could not be sent to {}", remote(channel), e);
        }
    }

    private void forget(SocketChannel channel) {
        open.remove(channel);
        Channels.close(channel);
    }

    /** What is known of a caller that has not said who it is: its machine, but not the port, which always changes. */
    private static String caller(SocketChannel channel) {
        return channel.socket().getInetAddress() == null
                ? "nobody"
                : channel.socket().getInetAddress().getHostAddress();
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
