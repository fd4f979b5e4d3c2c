package org.kemari.ringrestoration.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.kemari.api.domain.Accelerator;
import org.kemari.api.domain.Boot;
import org.kemari.api.domain.DiskDefinition;
import org.kemari.api.domain.DiskMode;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.domain.DomainPaths;
import org.kemari.api.domain.NicDefinition;
import org.kemari.api.domain.ProtectionSettings;
import org.kemari.api.tap.DeviceKind;
import org.kemari.api.tap.DeviceSnapshot;
import org.kemari.api.tap.InFlight;
import org.kemari.api.tap.MemoryRegion;
import org.kemari.api.tap.RingSnapshot;
import org.kemari.api.tap.TapSnapshot;
import org.kemari.linux.Fd;
import org.kemari.linux.NativeMemory;
import org.kemari.linux.OpenMode;
import org.kemari.virtio.ring.DescriptorChain;
import org.kemari.virtio.ring.GuestMemory;
import org.kemari.virtio.ring.RingException;
import org.kemari.virtio.ring.RingFeatures;
import org.kemari.virtio.ring.Virtqueue;
import org.kemari.virtio.testing.DriverRing;
import org.kemari.virtio.testing.DriverRing.Buffer;

/**
 * A guest in a RAM file with one block device of two rings, its driver, and the device's side as the primary's tap works
 * it: all that makes snapshots as they come with checkpoints.
 */
final class Standby implements AutoCloseable {
    static final long RAM = 4 << 20;
    /** The RAM file is mapped in two regions, in the other order, with a hole between. */
    static final List<MemoryRegion> LAYOUT =
            List.of(new MemoryRegion(0, RAM / 2, RAM / 2), new MemoryRegion(1L << 32, RAM / 2, 0));

    static final long FEATURES = RingFeatures.VERSION_1 | RingFeatures.EVENT_IDX | RingFeatures.INDIRECT_DESC;
    static final int RING_SIZE = 64;
    static final int DISK_BYTES = 256 * 512;
    static final int REQUEST_BYTES = 32_768;

    private static final long RINGS = 0x1000;
    private static final long REQUESTS = 0x1_0000;

    final DomainDefinition definition;
    final DomainPaths paths;
    final Path disk;
    final NativeMemory ram;
    final GuestMemory guest;
    final List<DriverRing> drivers = new ArrayList<>();
    final List<Virtqueue> queues = new ArrayList<>();
    final List<List<InFlight>> inFlight = new ArrayList<>();
    long sequence;
    long incarnation = 1;
    private int slot;

    Standby(Path dir, DiskMode mode, boolean readOnly) throws IOException, RingException {
        paths = new DomainPaths(dir, dir, dir.resolve("web.ram"));
        disk = dir.resolve("disk.raw");
        Files.write(disk, new byte[DISK_BYTES]);
        definition = new DomainDefinition(
                "web",
                RAM,
                1,
                "pc",
                "",
                Accelerator.TCG,
                new Boot.Disk(Boot.Firmware.SEABIOS),
                List.of(new DiskDefinition("disk0", disk, mode, readOnly, 2)),
                List.of(new NicDefinition("nic0", "", "52:54:00:00:00:01", "tap0")),
                Optional.empty(),
                false,
                ProtectionSettings.DEFAULT);
        try (Fd file = Fd.open(paths.ramFile(), OpenMode.CREATE)) {
            file.truncate(RAM);
            ram = NativeMemory.map(file, 0, RAM, true);
        }
        guest = GuestMemory.ofFile(ram, LAYOUT, Optional.empty());
        boot(65_500);
    }

    /** The driver starts, or starts again after a reset. */
    void boot(int start) throws RingException {
        drivers.clear();
        queues.clear();
        inFlight.clear();
        for (int i = 0; i < 2; i++) {
            DriverRing driver = new DriverRing(ram, -(RAM / 2), RINGS + i * 0x2000L, RING_SIZE, true, start);
            drivers.add(driver);
            queues.add(new Virtqueue(guest, driver.layout(), FEATURES, start));
            inFlight.add(new ArrayList<>());
        }
        sequence = 0;
    }

    /** Where a guest address below the hole is in the RAM file. */
    static long at(long address) {
        return address + RAM / 2;
    }

    /** Submits a request, which the device takes at once. Returns its head. */
    int submit(int ring, int type, long sector, byte[] payload, boolean indirect) throws RingException {
        long begin = REQUESTS + (slot++ % 50) * REQUEST_BYTES;
        ram.putInt(at(begin), type);
        ram.putLong(at(begin) + 8, sector);
        ram.putByte(at(begin) + 16, (byte) 0xff);
        long data = begin + 512;
        if (payload.length > 0) {
            ram.copyFrom(at(data), ByteBuffer.wrap(payload));
        }
        List<Buffer> buffers = new ArrayList<>();
        buffers.add(Buffer.readable(begin, 10));
        buffers.add(Buffer.readable(begin + 10, 6));
        int half = payload.length / 2;
        if (half > 0) {
            buffers.add(Buffer.readable(data, half));
        }
        if (payload.length > 0) {
            buffers.add(Buffer.readable(data + half, payload.length - half));
        }
        buffers.add(Buffer.writable(begin + 16, 1));
        DriverRing driver = drivers.get(ring);
        int head = indirect ? driver.addIndirect(begin + 64, buffers) : driver.add(buffers);
        driver.show();
        take(ring);
        return head;
    }

    void take(int ring) throws RingException {
        DescriptorChain chain = new DescriptorChain();
        while (queues.get(ring).pop(chain)) {
            inFlight.get(ring).add(new InFlight(chain.head(), ++sequence));
        }
    }

    void complete(int ring, int head) {
        inFlight.get(ring).removeIf(r -> r.head() == head);
        queues.get(ring).pushUsed(head, 1);
        queues.get(ring).publish();
        drivers.get(ring).poll();
    }

    RingSnapshot ring(int index) {
        Virtqueue q = queues.get(index);
        return new RingSnapshot(
                index,
                RING_SIZE,
                q.layout().descriptorTable(),
                q.layout().availRing(),
                q.layout().usedRing(),
                q.availIndex(),
                q.usedIndex(),
                inFlight.get(index));
    }

    TapSnapshot snapshot() {
        return snapshot(List.of(ring(0), ring(1)));
    }

    TapSnapshot snapshot(List<RingSnapshot> rings) {
        return new TapSnapshot(
                LAYOUT,
                List.of(
                        new DeviceSnapshot("disk0", DeviceKind.BLOCK, FEATURES, incarnation, rings),
                        new DeviceSnapshot("nic0", DeviceKind.NET, FEATURES, 1, List.of())));
    }

    Image open() throws IOException {
        return Image.open(definition, paths, System::nanoTime);
    }

    byte[] sectors(int first, int count) throws IOException {
        byte[] all = Files.readAllBytes(disk);
        return Arrays.copyOfRange(all, first * 512, (first + count) * 512);
    }

    static byte[] filled(int sectors, int value) {
        byte[] data = new byte[sectors * 512];
        Arrays.fill(data, (byte) value);
        return data;
    }

    @Override
    public void close() {
        ram.close();
    }
}
