package org.kemari.eventtap.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.kemari.eventtap.internal.HoldTest.TIMEOUT;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kemari.api.domain.DomainPaths;
import org.kemari.api.domain.NicDefinition;
import org.kemari.api.tap.DeviceSnapshot;
import org.kemari.api.tap.DomainTap;
import org.kemari.api.tap.FrameBatch;
import org.kemari.api.tap.FrameFigures;
import org.kemari.api.tap.FrameLog;
import org.kemari.api.tap.LoggedFrames;
import org.kemari.api.tap.PausedFrames;
import org.kemari.api.tap.TapRequest;
import org.kemari.linux.TapDevice;
import org.kemari.virtio.net.NetFeatures;
import org.kemari.virtio.ring.RingFeatures;
import org.kemari.virtio.ring.Virtqueue;
import org.kemari.virtio.testing.DriverRing;
import org.kemari.virtio.testing.DriverRing.Buffer;
import org.kemari.virtio.testing.Guest;

/** Two guests on a real bridge with real TAP devices. */
class NetTest {
    private static final long FEATURES = RingFeatures.VERSION_1
            | RingFeatures.EVENT_IDX
            | NetFeatures.MERGEABLE_BUFFERS
            | NetFeatures.CSUM
            | NetFeatures.GUEST_CSUM;
    private static final int RING = 64;
    private static final String SUFFIX = Long.toString(ProcessHandle.current().pid() % 100_000, 36);
    private static final String BRIDGE = "kmt" + SUFFIX;

    @TempDir
    Path directory;

    private final List<AutoCloseable> open = new ArrayList<>();

    private static boolean ip(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(Arrays.asList(words));
        try {
            Process process = new ProcessBuilder(command).inheritIO().start();
            return process.waitFor() == 0;
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @BeforeEach
    void bridge() throws IOException {
        boolean root = Files.isWritable(Path.of("/dev/net/tun"))
                && Files.isWritable(Path.of("/proc/sys/net/ipv4/ip_forward"))
                && Files.exists(Path.of("/sbin/ip"));
        assumeTrue(root, "needs root");
        assumeTrue(ip("link", "add", BRIDGE, "type", "bridge", "mcast_snooping", "0"), "needs CAP_NET_ADMIN");
        Files.writeString(Path.of("/proc/sys/net/ipv6/conf/" + BRIDGE + "/disable_ipv6"), "1");
        ip("link", "set", BRIDGE, "up");
    }

    @AfterEach
    void unbridge() throws Exception {
        for (AutoCloseable c : open) {
            c.close();
        }
        if (Files.exists(Path.of("/sys/class/net/" + BRIDGE))) {
            ip("link", "del", BRIDGE);
        }
    }

    /** A guest with one NIC. */
    private final class Station implements AutoCloseable {
        final byte[] mac;
        final DomainTap tap;
        final FrontEnd front;
        private long next;

        Station(int number, boolean standby) throws IOException {
            mac = new byte[] {2, 0, 0, 0, 0, (byte) number};
            Path own = directory.resolve("station" + number);
            DomainPaths paths = DomainPaths.of(own.resolve("run"), own.resolve("state"), own, "web");
            NicDefinition nic =
                    new NicDefinition("lan", BRIDGE, "02:00:00:00:00:0" + number, "kmt" + SUFFIX + "n" + number);
            tap = new EventTapComponent().open(new TapRequest(Bench.domain(List.of(), List.of(nic)), paths, standby));
            open.add(this);
            front = new FrontEnd(paths.deviceSocket("lan"), Bench.GUEST_BYTES, false);
            front.connect();
        }

        Station boot(long features, int buffers, int bufferBytes) throws IOException {
            front.addRing(FrontEnd.BASE, RING, RingFeatures.has(features, RingFeatures.EVENT_IDX));
            front.addRing(FrontEnd.BASE + 0x4000, RING, RingFeatures.has(features, RingFeatures.EVENT_IDX));
            next = FrontEnd.BASE + 0x1_0000;
            front.start(features);
            offer(buffers, bufferBytes);
            return this;
        }

        void offer(int buffers, int bytes) throws IOException {
            for (int i = 0; i < buffers; i++) {
                int head = front.rings.get(0).add(List.of(Buffer.writable(next, bytes)));
                heads.put(head, next);
                next += (bytes + 63) & ~63;
            }
            if (front.rings.get(0).show()) {
                front.kick(0);
            }
        }

        private final java.util.Map<Integer, Long> heads = new java.util.HashMap<>();
        /** Frames of others, for instance the host's own, for which buffers were used up. */
        int foreign;

        void send(byte[] frame) throws IOException {
            long at = next;
            next += (frame.length + 12 + 63) & ~63;
            front.ram.fill(front.at(at), 12, (byte) 0);
            front.ram.copyFrom(front.at(at + 12), ByteBuffer.wrap(frame));
            front.rings.get(1).add(List.of(Buffer.readable(at, 12), Buffer.readable(at + 12, frame.length)));
            if (front.rings.get(1).show()) {
                front.kick(1);
            }
        }

        byte[] frame(int number, int length, byte[] destination) {
            byte[] frame = Bench.pattern(number, length);
            System.arraycopy(destination, 0, frame, 0, 6);
            System.arraycopy(mac, 0, frame, 6, 6);
            frame[12] = (byte) 0x88;
            frame[13] = (byte) 0xb5;
            return frame;
        }

        /** The next received frame of our kind, if there is one. */
        Optional<byte[]> poll() {
            DriverRing ring = front.rings.get(0);
            while (true) {
                Optional<DriverRing.Used> used = ring.poll();
                if (used.isEmpty()) {
                    return Optional.empty();
                }
                long first = heads.get(used.get().head());
                int buffers = front.ram.getShort(front.at(first) + 10);
                java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
                for (int i = 0; i < buffers; i++) {
                    DriverRing.Used part = i == 0 ? used.get() : ring.poll().orElseThrow();
                    byte[] piece = new byte[(int) part.length()];
                    front.ram.copyTo(front.at(heads.get(part.head())), ByteBuffer.wrap(piece));
                    bytes.writeBytes(piece);
                }
                byte[] frame = Arrays.copyOfRange(bytes.toByteArray(), 12, bytes.size());
                if (frame[12] == (byte) 0x88 && frame[13] == (byte) 0xb5 || frame[12] == (byte) 0x80) {
                    return Optional.of(frame);
                }
                foreign++;
            }
        }

        byte[] receive() {
            return await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .atMost(TIMEOUT)
                    .until(this::poll, Optional::isPresent)
                    .orElseThrow();
        }

        @Override
        public void close() {
            front.close();
            tap.close();
        }
    }

    @Test
    void framesGoFromGuestToGuest() throws IOException {
        Station a = new Station(1, false).boot(FEATURES, 0, 0);
        Station b = new Station(2, false).boot(FEATURES, 60, 2048);
        for (int i = 0; i < 40; i++) {
            byte[] frame = a.frame(i, 60 + i * 36, b.mac);
            a.send(frame);
            assertThat(b.receive()).isEqualTo(frame);
            await().atMost(TIMEOUT).until(() -> a.front.rings.get(1).poll().isPresent());
        }
        assertThat(a.tap.status().get(0).writes()).isEqualTo(40);
        assertThat(b.tap.status().get(0).reads()).isGreaterThanOrEqualTo(40);
        assertThat(a.front.guardsIntact() && b.front.guardsIntact()).isTrue();
    }

    @Test
    void aFrameMaySpreadOverSeveralBuffers() throws IOException {
        Station a = new Station(1, false).boot(FEATURES, 0, 0);
        Station b = new Station(2, false).boot(FEATURES, 60, 200);
        for (int i = 0; i < 5; i++) {
            byte[] frame = a.frame(i, 1400, b.mac);
            a.send(frame);
            assertThat(b.receive()).isEqualTo(frame);
        }
    }

    @Test
    void aFrameWaitsForBuffers() throws IOException {
        Station a = new Station(1, false).boot(FEATURES, 0, 0);
        Station b = new Station(2, false).boot(FEATURES, 2, 200);
        byte[] frame = a.frame(1, 1000, b.mac);
        a.send(frame);
        await().atMost(TIMEOUT).until(() -> a.front.rings.get(1).poll().isPresent());
        assertThat(b.poll()).isEmpty();
        b.offer(2, 200);
        b.offer(4, 200);
        assertThat(b.receive()).isEqualTo(frame);
        b.offer(20, 2048);
        a.send(frame);
        assertThat(b.receive()).isEqualTo(frame);
    }

    /** The driver adds a buffer just when the device has found that there is none, and is about to ask for a kick. */
    @Test
    void noBufferIsOverlooked() throws Exception {
        try (TapDevice tap = TapDevice.open("kmt" + SUFFIX + "n3");
                NetReceiver receiver = new NetReceiver(tap, new ReceivedFrames());
                Guest guest = new Guest(0x1000, 1 << 20)) {
            DriverRing driver = guest.ring(0x2000, 8, true, 0);
            Ring ring = new Ring(0);
            ring.queue = new Virtqueue(guest.memory(), driver.layout(), FEATURES, 0);
            assertThat(receiver.receive(ring, FEATURES)).isEqualTo(NetReceiver.Outcome.RING_EMPTY);
            driver.add(List.of(Buffer.writable(0x8000, 2048)));
            driver.show();
            assertThat(receiver.askForBuffers(ring.queue)).as("come meanwhile").isTrue();
            assertThat(receiver.receive(ring, FEATURES)).isEqualTo(NetReceiver.Outcome.TAP_EMPTY);
            assertThat(ring.queue.availIndex()).as("given back").isZero();
        }
    }

    @Test
    void heldFramesLeaveInOrderWithTheirEpoch() throws IOException {
        Station a = new Station(1, false).boot(FEATURES, 0, 0);
        Station b = new Station(2, false).boot(FEATURES, 60, 2048);
        a.tap.hold(TIMEOUT);
        for (int epoch = 1; epoch <= 3; epoch++) {
            for (int i = 0; i < 5; i++) {
                a.send(a.frame(epoch * 10 + i, 100 + i, b.mac));
            }
            int expected = epoch * 5;
            await().atMost(TIMEOUT).until(() -> a.tap.held() == expected);
            for (int i = 0; i < 5; i++) {
                assertThat(a.front.rings.get(1).poll())
                        .as("the guest has its buffers back")
                        .isPresent();
            }
            a.tap.prepare(epoch);
            List<Integer> bases = a.front.stop();
            a.front.start(FEATURES);
            DeviceSnapshot device = a.tap.snapshot(TIMEOUT).devices().get(0);
            assertThat(device.rings()).hasSize(2);
            assertThat(device.rings().get(1).availIndex()).isEqualTo(bases.get(1));
            assertThat(device.rings().get(1).usedIndex()).isEqualTo(bases.get(1));
            assertThat(device.rings().get(0).inFlight()).isEmpty();
        }
        assertThat(b.poll()).isEmpty();
        a.tap.release(2);
        for (int epoch = 1; epoch <= 2; epoch++) {
            for (int i = 0; i < 5; i++) {
                assertThat(b.receive()).isEqualTo(a.frame(epoch * 10 + i, 100 + i, b.mac));
            }
        }
        assertThat(a.tap.held()).isEqualTo(5);
        a.tap.passThrough();
        a.send(a.frame(99, 100, b.mac));
        for (int i = 0; i < 5; i++) {
            assertThat(b.receive()).isEqualTo(a.frame(30 + i, 100 + i, b.mac));
        }
        assertThat(b.receive()).isEqualTo(a.frame(99, 100, b.mac));
    }

    @Test
    void aStoppedGuestGetsItsFramesLater() throws IOException {
        Station a = new Station(1, false).boot(FEATURES, 0, 0);
        Station b = new Station(2, false).boot(FEATURES, 60, 2048);
        b.tap.prepare(1);
        b.front.stop();
        a.send(a.frame(1, 100, b.mac));
        await().atMost(TIMEOUT).until(() -> a.front.rings.get(1).poll().isPresent());
        assertThat(b.poll()).isEmpty();
        b.front.start(FEATURES);
        assertThat(b.receive()).isEqualTo(a.frame(1, 100, b.mac));
        b.tap.snapshot(TIMEOUT);
    }

    @Test
    void aStandbyIsSilentUntilActivatedAndThenAnnouncesItself() throws IOException {
        Station a = new Station(1, false).boot(FEATURES, 60, 2048);
        Station b = new Station(2, true).boot(FEATURES, 60, 2048);
        byte[] all = {-1, -1, -1, -1, -1, -1};
        a.send(a.frame(1, 100, all));
        await().atMost(TIMEOUT).until(() -> a.front.rings.get(1).poll().isPresent());
        b.tap.activate();
        b.tap.announce();
        byte[] rarp = a.receive();
        assertThat(rarp).hasSize(60).startsWith(-1, -1, -1, -1, -1, -1, 2, 0, 0, 0, 0, 2, 0x80, 0x35);
        a.send(a.frame(2, 100, all));
        assertThat(b.receive()).as("not what came before").isEqualTo(a.frame(2, 100, all));
    }

    /** A batch of frames as they are logged: with a virtio-net header. */
    private static FrameBatch batch(long first, byte[]... frames) {
        ByteBuffer data = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
        for (byte[] frame : frames) {
            data.putInt(12 + frame.length).put(new byte[12]).put(frame);
        }
        return new FrameBatch(0, first, data.flip());
    }

    /** Frames of our kind in batches, without header, by their numbers. */
    private static Map<Long, byte[]> frames(List<FrameBatch> batches) {
        Map<Long, byte[]> frames = new TreeMap<>();
        for (FrameBatch batch : batches) {
            long[] number = {batch.first()};
            batch.frames().forEach(f -> {
                byte[] frame = new byte[f.remaining() - 12];
                f.get(12, frame);
                if (frame[12] == (byte) 0x88 && frame[13] == (byte) 0xb5) {
                    frames.put(number[0], frame);
                }
                number[0]++;
            });
        }
        return frames;
    }

    private static Map<Long, byte[]> taken(Station station) throws IOException {
        List<FrameBatch> batches = new ArrayList<>();
        station.tap.frames().take(b -> batches.add(new FrameBatch(b.nic(), b.first(), copy(b.data()))));
        return frames(batches);
    }

    private static ByteBuffer copy(ByteBuffer data) {
        return ByteBuffer.allocate(data.remaining()).put(data.duplicate()).flip();
    }

    @Test
    void replayedFramesComeInOrderBeforeThoseFromTheNetwork() throws IOException {
        Station a = new Station(1, false).boot(FEATURES, 60, 2048);
        Station b = new Station(2, true);
        b.tap.activate();
        a.send(a.frame(9, 100, b.mac));
        await().atMost(TIMEOUT).until(() -> a.front.rings.get(1).poll().isPresent());
        b.tap.frames()
                .replay(new LoggedFrames(
                        List.of(
                                batch(7, a.frame(1, 100, b.mac), a.frame(2, 1500, b.mac)),
                                batch(12, a.frame(3, 64, b.mac)),
                                new FrameBatch(
                                        1, 1, batch(1, a.frame(4, 64, b.mac)).data()),
                                new FrameBatch(0, 1, ByteBuffer.allocate(7))),
                        List.of(batch(0, b.frame(21, 200, a.mac), b.frame(22, 90, a.mac)))));
        assertThat(a.receive()).isEqualTo(b.frame(21, 200, a.mac));
        assertThat(a.receive()).isEqualTo(b.frame(22, 90, a.mac));
        b.boot(FEATURES, 1, 600);
        b.offer(20, 600);
        for (byte[] expected : List.of(
                a.frame(1, 100, b.mac), a.frame(2, 1500, b.mac), a.frame(3, 64, b.mac), a.frame(9, 100, b.mac))) {
            assertThat(b.receive()).isEqualTo(expected);
        }
        FrameFigures figures = b.tap.status().get(0).frames();
        assertThat(figures.replayed()).isEqualTo(3);
        assertThat(figures.resent()).isEqualTo(2);
        assertThat(figures.logged()).as("no standby, no log").isZero();
        assertThat(b.front.guardsIntact()).isTrue();
    }

    @Test
    void whatTheGuestReceivesIsLoggedWhileOutputsAreHeld() throws Exception {
        Station a = new Station(1, false).boot(FEATURES, 0, 0);
        Station b = new Station(2, false).boot(FEATURES, 60, 300);
        FrameLog log = b.tap.frames();
        log.choose(true, true);
        a.send(a.frame(1, 100, b.mac));
        assertThat(b.receive()).isEqualTo(a.frame(1, 100, b.mac));
        assertThat(log.await(Duration.ofMillis(1))).as("nothing is held").isFalse();

        b.tap.hold(TIMEOUT);
        a.send(a.frame(2, 100, b.mac));
        a.send(a.frame(3, 1400, b.mac));
        assertThat(b.receive()).isEqualTo(a.frame(2, 100, b.mac));
        assertThat(b.receive()).isEqualTo(a.frame(3, 1400, b.mac));
        assertThat(log.await(TIMEOUT)).isTrue();
        Map<Long, byte[]> logged = taken(b);
        assertThat(logged.values()).containsExactly(a.frame(2, 100, b.mac), a.frame(3, 1400, b.mac));
        assertThat(log.await(Duration.ofMillis(1)) && !taken(b).isEmpty()).isFalse();

        b.send(b.frame(31, 100, a.mac));
        b.send(b.frame(32, 100, a.mac));
        await().atMost(TIMEOUT).until(() -> b.tap.held() == 2);
        b.tap.prepare(1);
        b.front.stop();
        a.send(a.frame(4, 100, b.mac));
        b.front.start(FEATURES);
        b.tap.snapshot(TIMEOUT);
        b.send(b.frame(33, 100, a.mac));
        await().atMost(TIMEOUT).until(() -> b.tap.held() == 3);
        assertThat(b.receive()).isEqualTo(a.frame(4, 100, b.mac));
        PausedFrames paused = log.atPause();
        long mark = paused.received().get(0);
        assertThat(mark).isGreaterThanOrEqualTo(java.util.Collections.max(logged.keySet()));
        Map<Long, byte[]> later = taken(b);
        assertThat(later.values()).containsExactly(a.frame(4, 100, b.mac));
        assertThat(later.keySet()).allMatch(n -> n > mark);
        assertThat(frames(paused.held()).values())
                .as("not what was sent after the pause")
                .containsExactly(b.frame(31, 100, a.mac), b.frame(32, 100, a.mac));

        b.tap.release(1);
        await().atMost(TIMEOUT).until(() -> b.tap.held() == 1);
        log.choose(true, false);
        assertThat(log.atPause().held()).isEmpty();
        a.send(a.frame(5, 100, b.mac));
        assertThat(b.receive()).isEqualTo(a.frame(5, 100, b.mac));
        b.tap.passThrough();
        assertThat(log.await(Duration.ofMillis(1))).as("forgotten").isFalse();
        assertThat(b.tap.status().get(0).frames().copied()).isEqualTo(2);
    }

    @Test
    void aFrameThatWaitsForRoomIsNotCountedAsGiven() throws Exception {
        Station a = new Station(1, false).boot(FEATURES, 0, 0);
        Station b = new Station(2, false).boot(FEATURES, 2, 200);
        b.tap.frames().choose(true, true);
        b.tap.hold(TIMEOUT);
        a.send(a.frame(1, 1000, b.mac));
        assertThat(b.tap.frames().await(TIMEOUT)).isTrue();
        await().atMost(TIMEOUT).until(() -> b.tap.status().get(0).frames().logged() > 0);
        b.tap.prepare(1);
        b.front.stop();
        b.front.start(FEATURES);
        b.tap.snapshot(TIMEOUT);
        long given = b.tap.frames().atPause().received().get(0);
        Map<Long, byte[]> logged = taken(b);
        assertThat(logged.values()).containsExactly(a.frame(1, 1000, b.mac));
        assertThat(logged.keySet()).allMatch(n -> n > given);
        b.offer(20, 200);
        assertThat(b.receive()).isEqualTo(a.frame(1, 1000, b.mac));
    }

    @Test
    void legacyDriversHaveAShorterHeader() throws IOException {
        Station a = new Station(1, false).boot(FEATURES, 0, 0);
        Station b = new Station(2, false);
        b.boot(0, 0, 0);
        java.util.Map<Integer, Long> bodies = new java.util.HashMap<>();
        for (int i = 0; i < 16; i++) {
            long at = FrontEnd.BASE + 0x8_0000 + i * 2048L;
            int head = b.front.rings.get(0).add(List.of(Buffer.writable(at, 10), Buffer.writable(at + 64, 1514)));
            bodies.put(head, at + 64);
        }
        b.front.rings.get(0).show();
        b.front.kick(0);
        b.tap.frames().choose(true, true);
        b.tap.hold(TIMEOUT);
        byte[] frame = a.frame(1, 300, b.mac);
        a.send(frame);
        DriverRing.Used used = await().atMost(TIMEOUT)
                .until(
                        () -> b.front.rings.get(0).poll(),
                        u -> u.isPresent() && u.get().length() == 310)
                .orElseThrow();
        byte[] received = new byte[300];
        b.front.ram.copyTo(b.front.at(bodies.get(used.head())), ByteBuffer.wrap(received));
        assertThat(received).isEqualTo(frame);
        assertThat(taken(b).values()).containsExactly(frame);
    }

    @Test
    void hostileRingsNeitherCrashNorEscape() throws IOException {
        java.util.Random random = new java.util.Random(5);
        Station a = new Station(1, false).boot(FEATURES, 30, 2048);
        Station b = new Station(2, false);
        for (int round = 0; round < 60; round++) {
            b.boot(round % 2 == 0 ? FEATURES : 0, 0, 0);
            for (int ring = 0; ring < 2; ring++) {
                DriverRing driver = b.front.rings.get(ring);
                for (int i = 0; i < RING; i++) {
                    long address = random.nextInt(10) == 0
                            ? random.nextLong()
                            : FrontEnd.BASE + 0x1_0000 + random.nextInt((int) Bench.GUEST_BYTES - 0x2_0000);
                    int flags = random.nextInt(8) == 0 ? random.nextInt(8) : ring == 0 ? 2 : random.nextInt(2);
                    driver.descriptor(i, address, random.nextInt(70_000), flags, random.nextInt(RING));
                }
                for (int i = 0; i < 20; i++) {
                    driver.offer(random.nextInt(RING + 1));
                }
                driver.show();
                b.front.kick(ring);
            }
            a.front.rings.get(1).poll();
            a.send(a.frame(round, 60 + random.nextInt(1400), b.mac));
            if (round % 3 == 0) {
                b.tap.prepare(round + 1);
                b.front.stop();
                b.front.start(b.front.features);
                b.tap.snapshot(TIMEOUT);
            }
            assertThat(b.front.isAnswered()).isTrue();
            b.front.resetDevice();
        }
        assertThat(b.front.guardsIntact()).isTrue();
        b.boot(FEATURES, RING, 2048); // room for the frames of all rounds: how many still wait depends on the machine
        byte[] frame = a.frame(1000, 500, b.mac);
        a.front.rings.get(1).poll();
        a.send(frame);
        byte[] received;
        do {
            received = b.receive();
        } while (!Arrays.equals(received, frame));
        assertThat(b.tap.status().get(0).state()).isEqualTo("serving");
    }
}
