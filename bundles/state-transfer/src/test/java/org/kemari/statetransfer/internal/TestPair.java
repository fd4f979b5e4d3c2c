package org.kemari.statetransfer.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.kemari.api.domain.Accelerator;
import org.kemari.api.domain.Boot;
import org.kemari.api.domain.DiskDefinition;
import org.kemari.api.domain.DiskMode;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.domain.DomainPaths;
import org.kemari.api.domain.ProtectionSettings;
import org.kemari.api.health.HealthMonitor;
import org.kemari.api.hypervisor.MachineIdentity;
import org.kemari.api.link.Link;
import org.kemari.api.link.LinkService;
import org.kemari.api.transfer.DomainIdentity;
import org.kemari.api.transfer.OutgoingListener;
import org.kemari.api.transfer.OutgoingRequest;
import org.kemari.api.transfer.OutgoingSession;
import org.kemari.statetransfer.internal.incoming.TransferAcceptor;
import org.kemari.statetransfer.internal.outgoing.TransferSender;

/** A primary and a standby in one process, with a real link between them. */
public final class TestPair implements AutoCloseable, OutgoingListener {
    static final long MIB = 1 << 20;
    static final long SESSION = 77;

    public final long memoryBytes;
    public final Path root;
    public final DomainDefinition east;
    public final DomainDefinition west;
    public final DomainPaths eastPaths;
    public final DomainPaths westPaths;
    public final TestGuest guest;
    public final TestTap tap;
    public final TestStandby standby;
    public final AtomicLong committed = new AtomicLong();
    public final CountDownLatch ended = new CountDownLatch(1);
    public final AtomicReference<String> endReason = new AtomicReference<>("");
    public volatile TestLink link;
    private final TransferAcceptor acceptor;
    private final TransferSender sender;
    private volatile boolean gateThere = true;
    private volatile Optional<HealthMonitor> monitor = Optional.empty();
    /** Of the last link; -1 if any would do. */
    public volatile int path = -1;

    public TestPair(long memoryBytes, long diskBytes, TransferSettings settings, long seed) throws IOException {
        this.memoryBytes = memoryBytes;
        root = Files.createTempDirectory(Path.of("/dev/shm"), "kemari-transfer-test");
        east = definition("east", diskBytes, seed);
        west = definition("west", diskBytes, seed + 1);
        eastPaths = paths("east");
        westPaths = paths("west");
        fill(westPaths.ramFile(), memoryBytes, seed);
        guest = new TestGuest(eastPaths.ramFile(), memoryBytes, seed);
        tap = new TestTap(memoryBytes, east.disks().get(0).path(), eastPaths.dirtyExtentsFile("disk0"), seed);
        standby = new TestStandby(west, westPaths);
        acceptor = new TransferAcceptor(() -> gateThere ? Optional.of(standby) : Optional.empty(), () -> settings);
        sender = new TransferSender(links(), () -> settings, () -> monitor);
    }

    private LinkService links() {
        return new LinkService() {
            @Override
            public Link connect(String peer, String channel, Duration timeout) throws IOException {
                TestLink[] ends = TestLink.pair();
                Thread thread = new Thread(
                        () -> {
                            acceptor.accepted(ends[1]);
                            ends[1].close();
                        },
                        "test-acceptor");
                thread.setDaemon(true);
                thread.start();
                link = ends[0];
                path = -1;
                return ends[0];
            }

            @Override
            public Link connect(String peer, int number, String channel, Duration timeout) throws IOException {
                Link made = connect(peer, channel, timeout);
                path = number;
                return made;
            }
        };
    }

    private DomainDefinition definition(String host, long diskBytes, long seed) throws IOException {
        Path disk = root.resolve(host + ".img");
        fill(disk, diskBytes, seed);
        return new DomainDefinition(
                "web",
                memoryBytes,
                1,
                "q35",
                "",
                Accelerator.TCG,
                new Boot.Disk(Boot.Firmware.SEABIOS),
                List.of(new DiskDefinition("disk0", disk, DiskMode.MIRRORED, false, 1)),
                List.of(),
                Optional.empty(),
                false,
                ProtectionSettings.DEFAULT);
    }

    /** Random content with a hole of zeroes in the middle. */
    private static void fill(Path file, long bytes, long seed) throws IOException {
        byte[] content = new byte[(int) bytes];
        new java.util.Random(seed).nextBytes(content);
        java.util.Arrays.fill(content, content.length / 4, content.length / 2, (byte) 0);
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            out.write(ByteBuffer.wrap(content));
        }
    }

    private DomainPaths paths(String host) throws IOException {
        DomainPaths paths = DomainPaths.of(root.resolve(host + "-run"), root.resolve(host + "-state"), root, host);
        Files.createDirectories(paths.runDirectory());
        Files.createDirectories(paths.stateDirectory());
        return paths;
    }

    public void gateIsAway() {
        gateThere = false;
    }

    public DomainIdentity identity() throws IOException {
        return new DomainIdentity(
                "web",
                new MachineIdentity("qemu", "7.2", "pc-q35-7.2", "qemu64", "tcg"),
                memoryBytes,
                1,
                "seabios",
                List.of(new DomainIdentity.Disk(
                        "disk0", Files.size(east.disks().get(0).path()), "mirrored", false, 1)),
                List.of(new DomainIdentity.Nic("nic0", "52:54:00:00:00:01")));
    }

    public OutgoingSession open() throws IOException {
        return open(guest.pid(), false);
    }

    public OutgoingSession open(long pid, boolean tracksPages) throws IOException {
        return sender.open(
                new OutgoingRequest(
                        identity(), east, eastPaths, pid, tracksPages, "west", 3, SESSION, Optional.empty()),
                this);
    }

    /** The way of the conductor: everything up to the first checkpoint. */
    public OutgoingSession openAndSync() throws IOException {
        OutgoingSession session = open();
        session.syncLive(tap, progress -> {});
        tap.hold(Duration.ofSeconds(1));
        session.syncDisks(tap);
        return session;
    }

    /** What is known of the standby from now on. */
    public void health(Optional<HealthMonitor> now) {
        monitor = now;
    }

    public void watch(Optional<HealthMonitor> now) {
        health(now);
        sender.watch();
    }

    public void awaitCommitted(long epoch) {
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> committed.get() >= epoch || ended.getCount() == 0);
    }

    public long imageChecksum() throws IOException {
        return TestGuest.checksum(westPaths.ramFile());
    }

    public boolean disksEqual() throws IOException {
        return Files.mismatch(east.disks().get(0).path(), west.disks().get(0).path()) < 0;
    }

    @Override
    public void committed(long epoch) {
        committed.set(epoch);
    }

    @Override
    public void ended(String reason) {
        endReason.set(reason);
        ended.countDown();
    }

    @Override
    public void close() throws IOException {
        sender.close();
        acceptor.close();
        tap.close();
        guest.close();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
