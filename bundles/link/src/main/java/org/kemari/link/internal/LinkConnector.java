package org.kemari.link.internal;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.function.Supplier;
import org.kemari.api.config.HostAddress;
import org.kemari.api.config.HostSettings;
import org.kemari.api.link.Link;
import org.kemari.api.link.LinkService;

/** Makes the outgoing connections. */
final class LinkConnector implements LinkService {
    private final Supplier<HostSettings> settings;

    LinkConnector(Supplier<HostSettings> settings) {
        this.settings = settings;
    }

    @Override
    public Link connect(String peer, String channelName, Duration timeout) throws IOException {
        HostSettings host = settings.get();
        HostAddress address = host.peers().get(peer);
        if (address == null) {
            throw new IOException("host " + peer + " is not among the peers of " + host.name() + ": "
                    + host.peers().keySet());
        }
        InetSocketAddress target = new InetSocketAddress(address.address(), address.port());
        if (target.isUnresolved()) {
            throw new IOException("the address of host " + peer + ", " + address + ", cannot be resolved");
        }
        long begin = System.nanoTime();
        SocketChannel channel = SocketChannel.open();
        try {
            SocketLink.prepare(channel);
            channel.socket().connect(target, (int) Math.max(1, Math.min(timeout.toMillis(), Integer.MAX_VALUE)));
            Duration left = timeout.minusNanos(System.nanoTime() - begin);
            Preamble preamble = new Preamble(host.name(), peer, channelName);
            SocketLink.writeFully(channel, ByteBuffer.wrap(preamble.encode()));
            PreambleReply reply = PreambleReply.read(SocketLink.timedInput(channel, left));
            if (!reply.accepted()) {
                throw new PreambleException("refused: " + reply.reason());
            }
            return new SocketLink(channel, peer);
        } catch (IOException | RuntimeException e) {
            Channels.close(channel);
            throw new IOException(
                    "no link to host " + peer + " at " + address + " for " + channelName + ": " + e.getMessage(), e);
        }
    }
}
