package org.kemari.link.internal;

import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.kemari.api.config.HostAddress;

/** Listens at the addresses of the settings, as these change. Connections that have been accepted stay. */
final class Listening implements AutoCloseable {
    private static final Duration BIND_RETRY = Duration.ofSeconds(1);

    private final Consumer<SocketChannel> accepted;
    private final Map<HostAddress, LinkListener> listeners = new LinkedHashMap<>(); // guarded by this
    private boolean closed; // guarded by this

    Listening(Consumer<SocketChannel> accepted) {
        this.accepted = accepted;
    }

    /** Listens at these addresses and at no others. */
    synchronized void follow(List<HostAddress> addresses) {
        if (closed) {
            return;
        }
        // first those that go: one that comes may be the same port
        listeners.entrySet().removeIf(entry -> {
            boolean gone = !addresses.contains(entry.getKey());
            if (gone) {
                entry.getValue().close();
            }
            return gone;
        });
        for (HostAddress address : addresses) {
            listeners.computeIfAbsent(address, a -> {
                LinkListener listener = new LinkListener(a, BIND_RETRY, accepted);
                listener.start();
                return listener;
            });
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        listeners.values().forEach(LinkListener::close);
        listeners.clear();
    }
}
