package org.kemari.eventtap.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.kemari.api.domain.Accelerator;
import org.kemari.api.domain.Boot;
import org.kemari.api.domain.DiskDefinition;
import org.kemari.api.domain.DiskMode;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.domain.DomainPaths;
import org.kemari.api.domain.NicDefinition;
import org.kemari.api.domain.ProtectionSettings;
import org.kemari.api.tap.DomainTap;
import org.kemari.api.tap.TapListener;
import org.kemari.api.tap.TapRequest;
import org.kemari.linux.BlockFile;
import org.kemari.virtio.block.BlockFeatures;
import org.kemari.virtio.ring.RingFeatures;

/** A domain of one disk on a test's work bench: tap, front end and the guest's driver. */
final class Bench implements AutoCloseable {
    static final long DISK_BYTES = 4 << 20;

    /** Which disk a bench in this directory has, or will have. */
    static BlockFile.Identity disk(Path directory) throws IOException {
        Path file = directory.resolve("disk.raw");
        if (!Files.exists(file)) {
            Files.write(file, new byte[(int) DISK_BYTES]);
        }
        try (BlockFile disk = BlockFile.open(file, true)) {
            return disk.identity();
        }
    }

    static final long GUEST_BYTES = 8 << 20;
    static final int RING_SIZE = 64;
    static final long FEATURES = RingFeatures.VERSION_1
            | RingFeatures.INDIRECT_DESC
            | RingFeatures.EVENT_IDX
            | BlockFeatures.FLUSH
            | BlockFeatures.DISCARD
            | BlockFeatures.WRITE_ZEROES;
    private static final long RINGS = FrontEnd.BASE;
    static final long BUFFERS = FrontEnd.BASE + 0x4_0000;

    final Path directory;
    final Path diskFile;
    final DomainPaths paths;
    final EventTapComponent service = new EventTapComponent();
    final TapRequest request;
    final DomainTap tap;
    final FrontEnd front;
    final List<String> broken = new ArrayList<>();
    final List<String> failures = new CopyOnWriteArrayList<>();
    final AtomicInteger outputsHeld = new AtomicInteger();
    GuestDisk disk;

    private final int queues;

    Bench(Path directory) throws IOException {
        this(directory, 1, false);
    }

    Bench(Path directory, int queues, boolean readOnly) throws IOException {
        this(directory, queues, readOnly, false);
    }

    Bench(Path directory, int queues, boolean readOnly, boolean standby) throws IOException {
        this.directory = directory;
        this.queues = queues;
        paths = DomainPaths.of(directory.resolve("run"), directory.resolve("state"), directory.resolve("ram"), "web");
        diskFile = directory.resolve("disk.raw");
        if (!Files.exists(diskFile)) {
            Files.createDirectories(directory);
            Files.write(diskFile, new byte[(int) DISK_BYTES]);
        }
        DiskDefinition definition = new DiskDefinition("root", diskFile, DiskMode.MIRRORED, readOnly, queues);
        request = new TapRequest(domain(List.of(definition), List.of()), paths, standby);
        tap = service.open(request);
        tap.setListener(new TapListener() {
            @Override
            public void outputHeld() {
                outputsHeld.incrementAndGet();
            }

            @Override
            public void deviceBroken(String device, String reason) {
                synchronized (broken) {
                    broken.add(device + ": " + reason);
                }
            }

            @Override
            public void diskFailed(String device, String reason) {
                failures.add(device + ": " + reason);
            }
        });
        front = new FrontEnd(paths.deviceSocket("root"), GUEST_BYTES, true);
    }

    static DomainDefinition domain(List<DiskDefinition> disks, List<NicDefinition> nics) {
        return new DomainDefinition(
                "web",
                GUEST_BYTES + 2 * FrontEnd.GUARD,
                1,
                "q35",
                "",
                Accelerator.TCG,
                new Boot.Disk(Boot.Firmware.SEABIOS),
                disks,
                nics,
                Optional.empty(),
                false,
                ProtectionSettings.DEFAULT);
    }

    /** The guest's driver sets its rings up, as after power-on or a reset. */
    void boot(long features) throws IOException {
        makeRings(features);
        front.start(features);
    }

    void makeRings(long features) throws IOException {
        for (int i = 0; i < queues; i++) {
            front.addRing(RINGS + i * 0x4000L, RING_SIZE, RingFeatures.has(features, RingFeatures.EVENT_IDX));
        }
        disk = new GuestDisk(front, BUFFERS);
    }

    Bench booted() throws IOException {
        front.connect();
        boot(FEATURES);
        return this;
    }

    byte[] onDisk(long sector, int length) throws IOException {
        byte[] all = Files.readAllBytes(diskFile);
        byte[] part = new byte[length];
        System.arraycopy(all, (int) sector * 512, part, 0, length);
        return part;
    }

    static byte[] pattern(int seed, int length) {
        byte[] bytes = new byte[length];
        new java.util.Random(seed).nextBytes(bytes);
        return bytes;
    }

    @Override
    public void close() {
        front.close();
        tap.close();
    }
}
