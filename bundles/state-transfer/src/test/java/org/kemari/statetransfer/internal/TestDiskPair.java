package org.kemari.statetransfer.internal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.kemari.api.domain.Accelerator;
import org.kemari.api.domain.Boot;
import org.kemari.api.domain.DiskDefinition;
import org.kemari.api.domain.DiskMode;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.domain.DomainPaths;
import org.kemari.api.domain.ProtectionSettings;
import org.kemari.api.hypervisor.MachineIdentity;
import org.kemari.api.link.Link;
import org.kemari.api.link.LinkService;
import org.kemari.api.transfer.DomainIdentity;
import org.kemari.api.transfer.OutgoingListener;
import org.kemari.api.transfer.OutgoingRequest;
import org.kemari.api.transfer.OutgoingSession;
import org.kemari.statetransfer.internal.incoming.TransferAcceptor;
import org.kemari.statetransfer.internal.outgoing.TransferSender;

/** Two hosts, either of which can be the primary, with a mirrored disk and next to no memory. */
final class TestDiskPair implements AutoCloseable {
    static final long MEMORY = 1 << 20;

    /** A host's files. */
    record Side(String name, DomainDefinition definition, DomainPaths paths, TestStandby standby) {
        Path disk() {
            return definition.disks().get(0).path();
        }

        Path log(String peer) {
            return paths.changeLog("disk0", peer);
        }
    }

    /** A session and its primary's guest and tap. */
    static final class Running implements AutoCloseable {
        final OutgoingSession session;
        final TestGuest guest;
        final AtomicLong committed = new AtomicLong();
        /** What the operator saw. */
        final Set<String> phases = new ConcurrentSkipListSet<>();

        final TestStandby standby;
        long epoch;

        Running(TransferSender sender, OutgoingRequest request, TestGuest guest, TestStandby standby)
                throws IOException {
            this.guest = guest;
            this.standby = standby;
            session = sender.open(request, new OutgoingListener() {
                @Override
                public void committed(long committedEpoch) {
                    committed.set(committedEpoch);
                }

                @Override
                public void ended(String reason) {}
            });
        }

        /** Up to the first checkpoint. */
        Running sync(TestDisk tap) throws IOException {
            session.syncLive(tap, progress -> phases.add(progress.phase()));
            session.syncDisks(tap);
            return this;
        }

        /** Takes a checkpoint; returns when the standby has applied it. */
        void checkpoint(TestDisk tap) throws IOException {
            epoch++;
            session.checkpoint(epoch, guest, tap);
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .until(() -> committed.get() >= epoch
                            && standby.session().status().appliedEpoch() >= epoch);
        }

        long bytesSent() {
            return session.status().bytes();
        }

        @Override
        public void close() throws IOException {
            session.close();
            guest.close();
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .until(() -> standby.last().orElse("").startsWith("ended"));
            // the image is closed when this returns
            standby.session().seal();
        }
    }

    final Path root;
    final Side east;
    final Side west;
    private final long diskBytes;
    private final TransferSender sender;
    private Side called;

    TestDiskPair(long diskBytes, long settleNanos) throws IOException {
        this.diskBytes = diskBytes;
        root = Files.createTempDirectory(Path.of("/dev/shm"), "kemari-disks-test");
        east = side("east");
        west = side("west");
        sender = new TransferSender(links(), () -> TransferSettings.DEFAULT, Optional::empty, settleNanos);
    }

    private Side side(String name) throws IOException {
        Path disk = root.resolve(name + ".img");
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.setLength(diskBytes);
        }
        DomainPaths paths = DomainPaths.of(root.resolve(name + "-run"), root.resolve(name + "-state"), root, name);
        Files.createDirectories(paths.runDirectory());
        Files.createDirectories(paths.stateDirectory());
        DomainDefinition definition = new DomainDefinition(
                "web",
                MEMORY,
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
        return new Side(name, definition, paths, new TestStandby(definition, paths));
    }

    private LinkService links() {
        return new LinkService() {
            @Override
            public Link connect(String peer, String channel, Duration timeout) throws IOException {
                TestLink[] ends = TestLink.pair(called == west ? "east" : "west", called.name());
                TransferAcceptor acceptor =
                        new TransferAcceptor(() -> Optional.of(called.standby()), () -> TransferSettings.DEFAULT);
                Thread thread = new Thread(
                        () -> {
                            acceptor.accepted(ends[1]);
                            ends[1].close();
                        },
                        "test-acceptor");
                thread.setDaemon(true);
                thread.start();
                return ends[0];
            }

            @Override
            public Link connect(String peer, int path, String channel, Duration timeout) throws IOException {
                return connect(peer, channel, timeout);
            }
        };
    }

    TestDisk tap(Side side, boolean tookOver) throws IOException {
        return new TestDisk(side.disk(), side.paths(), MEMORY, tookOver);
    }

    Running open(Side primary, long session) throws IOException {
        called = primary == east ? west : east;
        try (RandomAccessFile ram =
                new RandomAccessFile(called.paths().ramFile().toFile(), "rw")) {
            ram.setLength(MEMORY);
        }
        DomainIdentity identity = new DomainIdentity(
                "web",
                new MachineIdentity("qemu", "7.2", "pc-q35-7.2", "qemu64", "tcg"),
                MEMORY,
                1,
                "seabios",
                List.of(new DomainIdentity.Disk("disk0", diskBytes, "mirrored", false, 1)),
                List.of());
        TestGuest guest = new TestGuest(primary.paths().ramFile(), MEMORY, session);
        return new Running(
                sender,
                new OutgoingRequest(
                        identity,
                        primary.definition(),
                        primary.paths(),
                        ProcessHandle.current().pid(),
                        false,
                        called.name(),
                        3,
                        session,
                        Optional.empty()),
                guest,
                called.standby());
    }

    /** A session up to where the record would be asked for, and its end. */
    void protectOnce(Side primary, long session) throws IOException {
        Side standby = primary == east ? west : east;
        try (TestDisk tap = tap(primary, false);
                Running running = open(primary, session).sync(tap)) {
            running.checkpoint(tap);
            tap.logChanges(standby.name(), session);
        }
    }

    boolean areEqual() throws IOException {
        return Files.mismatch(east.disk(), west.disk()) < 0;
    }

    static byte[] noise(int seed, int length) {
        byte[] bytes = new byte[length];
        new java.util.Random(seed).nextBytes(bytes);
        return bytes;
    }

    @Override
    public void close() throws IOException {
        sender.close();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
