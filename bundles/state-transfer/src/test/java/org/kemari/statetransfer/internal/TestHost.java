package org.kemari.statetransfer.internal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
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
import org.kemari.api.transfer.ImageId;
import org.kemari.api.transfer.OutgoingListener;
import org.kemari.api.transfer.OutgoingRequest;
import org.kemari.api.transfer.OutgoingSession;
import org.kemari.linux.DirtyBitmap;
import org.kemari.statetransfer.internal.incoming.TransferAcceptor;
import org.kemari.statetransfer.internal.outgoing.TransferSender;

/** A host that can be either side: a process that stands for its hypervisor, a tap, and a gate for its peer. */
final class TestHost implements AutoCloseable, OutgoingListener {
    final DomainDefinition definition;
    final DomainPaths paths;
    final TestStandby standby;
    final TestTap tap;
    final DirtyBitmap marks;
    private final AtomicLong committed = new AtomicLong();
    private final Path directory;
    private final long memoryBytes;
    private final TransferAcceptor acceptor;
    TestProcess process;
    private TransferSender sender;

    TestHost(Path root, String name, long memoryBytes, long seed) throws IOException {
        this.memoryBytes = memoryBytes;
        directory = Files.createDirectory(root.resolve(name));
        Path disk = directory.resolve("disk");
        Files.write(disk, new byte[1 << 20]);
        definition = new DomainDefinition(
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
        paths = DomainPaths.of(directory.resolve("run"), directory.resolve("state"), directory, "web");
        Files.createDirectories(paths.runDirectory());
        Files.createDirectories(paths.stateDirectory());
        try (RandomAccessFile ram = new RandomAccessFile(paths.ramFile().toFile(), "rw")) {
            ram.setLength(memoryBytes);
        }
        marks = DirtyBitmap.open(paths.dirtyPagesFile(), memoryBytes / 4096);
        tap = new TestTap(memoryBytes, disk, paths.dirtyExtentsFile("disk0"), seed);
        standby = new TestStandby(definition, paths);
        acceptor = new TransferAcceptor(() -> Optional.of(standby), () -> TransferSettings.DEFAULT);
    }

    void peer(TestHost other) {
        sender = new TransferSender(
                new LinkService() {
                    @Override
                    public Link connect(String peer, String channel, Duration timeout) throws IOException {
                        TestLink[] ends = TestLink.pair();
                        Thread thread = new Thread(
                                () -> {
                                    other.acceptor.accepted(ends[1]);
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
                },
                () -> TransferSettings.DEFAULT,
                Optional::empty);
    }

    /** Starts the process that stands for a hypervisor. */
    void start(boolean fromStart) throws IOException {
        process = new TestProcess(directory, paths.ramFile(), memoryBytes, fromStart);
    }

    /** Writes of the guest, and of the tap with its marks. */
    void work(Random random, int writes) throws IOException {
        int pages = (int) (memoryBytes / 4096);
        try (FileChannel ram = FileChannel.open(paths.ramFile(), StandardOpenOption.WRITE)) {
            for (int i = 0; i < writes; i++) {
                int page = random.nextInt(pages);
                if (random.nextInt(4) > 0) {
                    process.write(page, random.nextInt(6));
                } else {
                    marks.mark(page, 1);
                    ram.write(ByteBuffer.wrap(new byte[] {1, 2, (byte) i}), page * 4096L + random.nextInt(4000));
                }
            }
        }
    }

    OutgoingSession open(long session, Optional<ImageId> resumedFrom) throws IOException {
        committed.set(0); // of a former session
        DomainIdentity identity = new DomainIdentity(
                "web",
                new MachineIdentity("qemu", "7.2", "pc-q35-7.2", "qemu64", "tcg"),
                memoryBytes,
                1,
                "seabios",
                List.of(new DomainIdentity.Disk("disk0", 1 << 20, "mirrored", false, 1)),
                List.of());
        return sender.open(
                new OutgoingRequest(
                        identity, definition, paths, process.pid(), true, "peer", session, session, resumedFrom),
                this);
    }

    /** The way of the conductor: everything up to the first checkpoint. */
    void sync(OutgoingSession session) throws IOException {
        session.syncLive(tap, progress -> {});
        tap.hold(Duration.ofSeconds(1));
        session.syncDisks(tap);
        session.checkpoint(1, process, tap);
    }

    @Override
    public void committed(long epoch) {
        committed.set(epoch);
    }

    void awaitCommitted(long epoch) {
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> committed.get() == epoch);
    }

    @Override
    public void ended(String reason) {}

    @Override
    public void close() throws IOException {
        if (sender != null) {
            sender.close();
        }
        acceptor.close();
        tap.close();
        marks.close();
        if (process != null) {
            process.close();
        }
    }
}
