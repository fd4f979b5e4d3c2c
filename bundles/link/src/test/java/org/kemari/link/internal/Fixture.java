package org.kemari.link.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;
import org.kemari.api.config.FenceSettings;
import org.kemari.api.config.HostAddress;
import org.kemari.api.config.HostSettings;
import org.kemari.api.link.LinkAcceptor;

/** Host west, listening on a free port of the loopback interface, and settings for others to call it. */
final class Fixture implements AutoCloseable {
    final HostAddress address;
    final Map<String, LinkAcceptor> acceptors = new ConcurrentHashMap<>();
    final LinkDispatcher dispatcher;
    final LinkListener listener;

    Fixture(Duration preambleTimeout, int maxStrangers) {
        this(preambleTimeout, maxStrangers, new ClearText());
    }

    Fixture(Duration preambleTimeout, int maxStrangers, Security security) {
        this(preambleTimeout, maxStrangers, security, "east");
    }

    /** @param peer the one host that west knows */
    Fixture(Duration preambleTimeout, int maxStrangers, Security security, String peer) {
        address = new HostAddress("127.0.0.1", freePort());
        HostSettings west = settings("west", address, Map.of(peer, List.of(new HostAddress("127.0.0.1", 1))));
        dispatcher = new LinkDispatcher(
                () -> west,
                () -> security,
                channel -> Optional.ofNullable(acceptors.get(channel)),
                preambleTimeout,
                maxStrangers);
        listener = new LinkListener(address, Duration.ofMillis(20), dispatcher::accepted);
        listener.start();
        Awaitility.await().until(() -> listener.boundTo().isPresent());
    }

    LinkConnector caller(String name) {
        return caller(name, new ClearText());
    }

    LinkConnector caller(String name, Security security) {
        return new LinkConnector(
                () -> settings(name, new HostAddress("127.0.0.1", 1), Map.of("west", List.of(address))),
                () -> security);
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static HostSettings settings(String name, HostAddress listen, Map<String, List<HostAddress>> peers) {
        Path here = Path.of("nowhere");
        return new HostSettings(
                name,
                List.of(listen),
                peers,
                here,
                here,
                here,
                here,
                "none",
                "manual",
                here,
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                FenceSettings.NONE,
                false);
    }

    @Override
    public void close() {
        listener.close();
        dispatcher.close();
    }
}
