package org.kemari.health.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kemari.api.config.FenceSettings;
import org.kemari.api.config.HostAddress;
import org.kemari.api.config.HostSettings;
import org.kemari.api.health.PathHealth;
import org.kemari.api.health.PeerHealth;
import org.kemari.api.health.PeerState;
import org.kemari.api.link.Link;

/** Two hosts over real sockets. */
class HealthServiceTest {
    private final Map<String, Integer> ports = new ConcurrentHashMap<>();
    private final List<Host> hosts = new CopyOnWriteArrayList<>();
    private Host east;
    private Host west;

    private final class Host implements AutoCloseable {
        final SocketLinks links;
        final List<PeerHealth> news = new CopyOnWriteArrayList<>();
        final HealthService health;
        volatile HostSettings settings;

        Host(String name, String... peers) throws IOException {
            this(name, 1, peers);
        }

        Host(String name, int paths, String... peers) throws IOException {
            links = new SocketLinks(name, paths, ports);
            settings = settings(name, paths, peers);
            health = new HealthService(() -> settings, links, news::add);
            links.acceptor = health::accepted;
            health.start();
            hosts.add(this);
        }

        PeerHealth peer() {
            return health.peers().get(0);
        }

        void awaitState(PeerState state) {
            await().until(() -> !health.peers().isEmpty() && peer().state() == state);
        }

        @Override
        public void close() {
            health.stop(false);
            links.close();
        }
    }

    private static String address(int path) {
        return "10." + path + ".0.1:7171";
    }

    /** The addresses are names of paths here; {@link SocketLinks} finds the sockets. */
    private static HostSettings settings(String name, int paths, String... peers) {
        List<HostAddress> addresses = IntStream.range(0, paths)
                .mapToObj(path -> new HostAddress("10." + path + ".0.1", 7171))
                .toList();
        Path nowhere = Path.of("nowhere");
        return new HostSettings(
                name,
                addresses,
                List.of(peers).stream().collect(Collectors.toMap(p -> p, p -> addresses)),
                nowhere,
                nowhere,
                nowhere,
                nowhere,
                "qemu",
                "file",
                nowhere,
                Duration.ofMillis(20),
                Duration.ofMillis(800),
                FenceSettings.NONE,
                true);
    }

    private static HostSettings withPeer(HostSettings from, String peer, String... addresses) {
        return new HostSettings(
                from.name(),
                from.listen(),
                Map.of(
                        peer,
                        List.of(addresses).stream()
                                .map(address -> new HostAddress(address, 7171))
                                .toList()),
                from.runRoot(),
                from.stateRoot(),
                from.ramRoot(),
                from.domainDirectory(),
                from.qemuBinary(),
                from.arbiterEngine(),
                from.arbiterDirectory(),
                from.heartbeatPeriod(),
                from.silenceTimeout(),
                from.fence(),
                from.preloadLibrary());
    }

    @BeforeEach
    void pair() throws Exception {
        east = new Host("east", "west");
        west = new Host("west", "east");
        east.awaitState(PeerState.ALIVE);
        west.awaitState(PeerState.ALIVE);
    }

    @AfterEach
    void stop() {
        hosts.forEach(Host::close);
    }

    private static List<PeerState> states(Host host) {
        return host.news.stream().map(PeerHealth::state).toList();
    }

    @Test
    void aPairSeesEachOther() {
        await().until(() -> east.peer().roundTrip().count() >= 5);
        PeerHealth seen = east.peer();
        assertThat(seen.heartbeatsSent()).isGreaterThanOrEqualTo(seen.heartbeatsReceived());
        assertThat(seen.lastHeardEpochMillis()).isPositive();
        assertThat(seen.losses()).isZero();
        assertThat(states(east)).containsExactly(PeerState.ALIVE);
    }

    @Test
    void aKilledPeerIsLostByItsReset() {
        west.links.close();
        east.awaitState(PeerState.LOST);
        assertThat(east.peer().reason()).contains("connection ended");
        assertThat(states(east)).containsExactly(PeerState.ALIVE, PeerState.LOST);
    }

    @Test
    void aBrokenConnectionThatComesBackIsOneLossAndOneReturn() {
        west.links.resetAccepted();
        await().until(() -> states(east).size() == 3);
        long sent = east.peer().heartbeatsSent();
        await().until(() -> east.peer().heartbeatsSent() > sent + 5);
        assertThat(states(east)).containsExactly(PeerState.ALIVE, PeerState.LOST, PeerState.ALIVE);
        assertThat(states(west)).as("judged by its own link, which is whole").containsExactly(PeerState.ALIVE);
    }

    @Test
    void aPeerThatIsStoppedSaysSo() {
        west.health.stop(false);
        east.awaitState(PeerState.LOST);
        assertThat(east.peer().reason()).contains("stopped by its operator");
        assertThat(states(east)).containsExactly(PeerState.ALIVE, PeerState.LOST);
        assertThat(west.news).as("its own links end by itself").hasSize(1);
    }

    @Test
    void aPeerThatFallsSilentIsLostAndComesBack() {
        CountDownLatch thawed = new CountDownLatch(1);
        west.links.acceptor = link -> {
            awaitUninterrupted(thawed);
        };
        west.links.resetAccepted();
        east.awaitState(PeerState.LOST);
        long sent = east.peer().heartbeatsSent();
        await().until(() -> east.peer().heartbeatsSent() > sent + 5);
        assertThat(east.peer().state()).as("connected, beating, not answered").isEqualTo(PeerState.LOST);
        west.links.acceptor = west.health::accepted;
        thawed.countDown();
        east.awaitState(PeerState.ALIVE);
    }

    @Test
    void silenceOnALiveConnectionIsALoss() throws Exception {
        // A peer that answers ten beats and then nothing more, and keeps the connection open.
        CountDownLatch end = new CountDownLatch(1);
        SocketLinks strange = new SocketLinks("strange", 1, ports);
        strange.acceptor = link -> answer(link, 10, end);
        Host watcher = new Host("watcher", "strange");
        try (strange) {
            await().until(() -> states(watcher).contains(PeerState.LOST));
            assertThat(watcher.news.get(1).reason()).contains("silent for");
            assertThat(watcher.news.get(1).heartbeatsReceived()).isEqualTo(10);
        } finally {
            end.countDown();
        }
    }

    private static void answer(Link link, int beats, CountDownLatch end) {
        ByteBuffer buffer = Frame.buffer();
        try {
            for (int i = 0; i < beats; i++) {
                link.readFully(buffer.clear());
                long sequence = Frame.decode(buffer.flip()).sequence();
                link.write(Frame.encode(buffer, Frame.Type.REPLY, sequence));
            }
        } catch (IOException e) {
            return; // the test is over; how many beats were answered is asserted there
        }
        awaitUninterrupted(end);
    }

    @Test
    void garbageEndsTheConnectionWithItsReason() throws Exception {
        SocketLinks strange = new SocketLinks("strange", 1, ports);
        strange.acceptor = link -> {
            try {
                link.write(ByteBuffer.wrap(new byte[1000]));
                link.readFully(ByteBuffer.allocate(1 << 20));
            } catch (IOException e) {
                // the watcher hangs up
            }
        };
        Host watcher = new Host("watcher", "strange");
        try (strange) {
            await().until(() ->
                    !watcher.health.peers().isEmpty() && watcher.peer().reason().contains("not a heartbeat"));
            assertThat(watcher.peer().state()).isEqualTo(PeerState.UNKNOWN);
        }
        // And towards the responder: it hangs up.
        Link rude = east.links.connect("west", "health", Duration.ofSeconds(1));
        rude.write(ByteBuffer.wrap(new byte[16]));
        assertThat(rude.read(ByteBuffer.allocate(16))).isEqualTo(-1);
        rude.close();
        assertThat(west.peer().state()).isEqualTo(PeerState.ALIVE);
    }

    @Test
    void peersFollowTheSettings() throws Exception {
        Host north = new Host("north");
        east.settings = settings("east", 1, "north");
        await().until(() ->
                east.health.peers().size() == 1 && east.peer().peer().equals("north"));
        east.awaitState(PeerState.ALIVE);
        assertThat(north.health.peers()).isEmpty();
    }

    private static List<PeerState> pathStates(Host host) {
        return host.peer().paths().stream().map(PathHealth::state).toList();
    }

    private Host[] pairWithTwoPaths() throws IOException {
        Host left = new Host("left", 2, "right");
        Host right = new Host("right", 2, "left");
        for (Host host : List.of(left, right)) {
            await().until(() -> !host.health.peers().isEmpty()
                    && pathStates(host).equals(List.of(PeerState.ALIVE, PeerState.ALIVE)));
        }
        return new Host[] {left, right};
    }

    @Test
    void aLostPathIsNotALostPeer() throws Exception {
        Host[] pair = pairWithTwoPaths();
        Host left = pair[0];
        pair[1].links.cut(1);
        await().until(() -> pathStates(left).equals(List.of(PeerState.ALIVE, PeerState.LOST)));
        long sent = left.peer().heartbeatsSent();
        await().until(() -> left.peer().heartbeatsSent() > sent + 5);
        assertThat(left.peer().state()).isEqualTo(PeerState.ALIVE);
        assertThat(left.peer().reason()).startsWith("1 of 2 paths lost: " + address(1));
        assertThat(left.peer().losses()).isZero();
        assertThat(states(left)).containsExactly(PeerState.ALIVE);
        pair[1].links.cut(0);
        left.awaitState(PeerState.LOST);
        assertThat(states(left)).containsExactly(PeerState.ALIVE, PeerState.LOST);
        assertThat(left.peer().reason()).startsWith("all 2 paths lost: ").contains("connection ended");
    }

    @Test
    void aKilledPeerWithTwoPathsIsLostOnce() throws Exception {
        Host[] pair = pairWithTwoPaths();
        pair[1].links.close();
        pair[0].awaitState(PeerState.LOST);
        assertThat(states(pair[0])).containsExactly(PeerState.ALIVE, PeerState.LOST);
        assertThat(pair[0].peer().paths()).allSatisfy(path -> {
            assertThat(path.reason()).contains("connection ended");
            assertThat(path.suspicion()).isZero();
            assertThat(path.roundTrip().count()).isPositive();
        });
    }

    @Test
    void aPathThatHangsIsDialledAgainWhileTheOtherLives() throws Exception {
        // The first link by path 1 answers ten beats and then hangs; later ones are answered.
        CountDownLatch end = new CountDownLatch(1);
        BeatResponder good = new BeatResponder();
        AtomicInteger links = new AtomicInteger();
        SocketLinks strange = new SocketLinks("strange", 2, ports);
        strange.acceptor = link -> {
            if (links.incrementAndGet() == 1) {
                answer(link, 10, end);
            } else {
                good.serve(link);
            }
        };
        Host watcher = new Host("watcher", 2, "strange");
        try (strange) {
            await().until(() ->
                    links.get() >= 3 && pathStates(watcher).equals(List.of(PeerState.ALIVE, PeerState.ALIVE)));
            assertThat(states(watcher)).as("the peer as a whole did not flap").containsExactly(PeerState.ALIVE);
        } finally {
            end.countDown();
        }
    }

    @Test
    void aGoodbyeCountsForAllPaths() throws Exception {
        Host[] pair = pairWithTwoPaths();
        pair[1].health.stop(false);
        pair[0].awaitState(PeerState.LOST);
        assertThat(pair[0].peer().reason()).contains("stopped by its operator");
        assertThat(states(pair[0])).containsExactly(PeerState.ALIVE, PeerState.LOST);
    }

    @Test
    void pathsFollowTheSettings() throws Exception {
        Host left = new Host("left", 1, "right");
        Host right = new Host("right", 2, "left");
        left.awaitState(PeerState.ALIVE);
        left.settings = settings("left", 2, "right");
        await().until(() -> pathStates(left).equals(List.of(PeerState.ALIVE, PeerState.ALIVE)));
        long received = left.peer().heartbeatsReceived();
        left.settings = settings("left", 1, "right");
        await().until(() -> left.peer().paths().size() == 1);
        // Another network comes first, but nobody is there yet: the path that is alive stays, and stays the only one.
        left.links.reach("right", 99);
        left.settings = withPeer(left.settings, "right", "10.9.0.1", "10.0.0.1");
        await().until(() -> pathStates(left).equals(List.of(PeerState.UNKNOWN, PeerState.ALIVE)));
        left.settings = withPeer(left.settings, "right", "10.9.0.1");
        long sent = left.peer().heartbeatsSent();
        await().until(() -> left.peer().heartbeatsSent() > sent + 5);
        assertThat(left.peer().state()).isEqualTo(PeerState.ALIVE);
        left.links.reach("right", 0);
        await().until(() -> pathStates(left).equals(List.of(PeerState.ALIVE)));
        assertThat(left.peer().heartbeatsReceived()).as("a counter").isGreaterThanOrEqualTo(received);
        assertThat(states(left)).containsExactly(PeerState.ALIVE);
        assertThat(right.health.peers()).hasSize(1);
    }

    @Test
    void anIncomingLinkThatStaysSilentIsClosed() throws Exception {
        Link mute = new SocketLinks("mute", 1, ports).connect("west", "health", Duration.ofSeconds(1));
        assertThat(mute.read(ByteBuffer.allocate(16))).isEqualTo(-1);
        mute.close();
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
