package org.kemari.arbiterzookeeper.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.kemari.api.arbiter.CasOutcome;
import org.kemari.api.arbiter.OwnershipRecord;

/** Servers and clients of a test, ended together. */
final class Fixture {
    /** For clients whose requests are going to be late. */
    static final String[] SHORT = {"requestTimeout", "900 ms"};

    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Deque<AutoCloseable> closing = new ArrayDeque<>();

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    static ServerSettings serverSettings(Path directory, int port) {
        return new ServerSettings(
                new ServerAddress("127.0.0.1", port), directory, Duration.ofMillis(500), Optional.of("superb"));
    }

    EmbeddedServer server(Path directory, int port) throws IOException, InterruptedException {
        return closeLater(EmbeddedServer.start(serverSettings(directory, port)));
    }

    TcpProxy proxy(int target) throws IOException {
        return closeLater(new TcpProxy(target));
    }

    ZooKeeperArbiter arbiter(String connect, String... more) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("connect", connect);
        // long enough for a busy machine
        properties.put("requestTimeout", "5 s");
        properties.put("sessionTimeout", "10 s");
        for (int i = 0; i < more.length; i += 2) {
            properties.put(more[i], more[i + 1]);
        }
        ZooKeeperArbiter arbiter = new ZooKeeperArbiter(properties);
        closeLater(arbiter::close);
        return arbiter;
    }

    ZooKeeperArbiter connectedArbiter(int port, String... more) {
        ZooKeeperArbiter arbiter = arbiter("127.0.0.1:" + port, more);
        awaitReachable(arbiter, true);
        return arbiter;
    }

    static void awaitReachable(ZooKeeperArbiter arbiter, boolean reachable) {
        Awaitility.await(arbiter.state().reason())
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> arbiter.state().reachable() == reachable);
    }

    /** Tries until it is won or lost, as a host does. */
    static CasOutcome insist(ZooKeeperArbiter arbiter, Optional<OwnershipRecord> expected, OwnershipRecord next) {
        CasOutcome[] outcome = new CasOutcome[1];
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(() -> {
            outcome[0] = arbiter.compareAndSet(expected, next);
            return !(outcome[0] instanceof CasOutcome.Unknown);
        });
        return outcome[0];
    }

    private <T extends AutoCloseable> T closeLater(T resource) {
        closing.push(resource);
        return resource;
    }

    void close() throws Exception {
        while (!closing.isEmpty()) {
            closing.pop().close();
        }
    }
}
