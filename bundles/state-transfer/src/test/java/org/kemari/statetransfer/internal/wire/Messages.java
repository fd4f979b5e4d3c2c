package org.kemari.statetransfer.internal.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.hypervisor.MachineIdentity;
import org.kemari.api.tap.DeviceKind;
import org.kemari.api.tap.DeviceSnapshot;
import org.kemari.api.tap.FrameBatch;
import org.kemari.api.tap.InFlight;
import org.kemari.api.tap.MemoryRegion;
import org.kemari.api.tap.RingSnapshot;
import org.kemari.api.tap.TapSnapshot;
import org.kemari.api.transfer.DomainIdentity;
import org.kemari.api.transfer.Farewell;
import org.kemari.api.transfer.ImageId;

/** Messages of every kind, within {@link #LIMITS}. */
final class Messages {
    static final long PAGES = 1000;
    static final long DISK = 1 << 20;
    static final Limits LIMITS = new Limits(PAGES, List.of(DISK, 0L, 12345L));

    private final Random random;

    private Messages(long seed) {
        random = new Random(seed);
    }

    static Arbitrary<WireMessage> any() {
        return Arbitraries.longs().map(seed -> new Messages(seed).next());
    }

    private WireMessage next() {
        return switch (random.nextInt(28)) {
            case 0 -> hello();
            case 1 -> accept();
            case 2 -> new WireMessage.Refuse(text());
            case 3, 4 -> pages();
            case 5 -> disk();
            case 6 -> new WireMessage.DiskZero(2, 5, 12340);
            case 7 -> new WireMessage.Round(random.nextInt(100), random.nextBoolean(), random.nextLong() >>> 1);
            case 8 -> new WireMessage.Synced();
            case 9 -> new WireMessage.CheckpointBegin();
            case 10 -> deviceState();
            case 11 -> new WireMessage.Rings(rings());
            case 12 -> new WireMessage.CheckpointEnd(random.nextInt() >>> 1, random.nextLong() >>> 1, random.nextInt());
            case 13 -> new WireMessage.Committed();
            case 14 -> new WireMessage.Joined(
                    random.nextBoolean()
                            ? OwnershipRecord.first("web", "east")
                            : new OwnershipRecord("web", 7, "east", Optional.of("west"), 1 + random.nextInt(99)));
            case 15 -> new WireMessage.Lacking(random.nextBoolean(), ((WireMessage.Pages) pages()).runs());
            case 16 -> new WireMessage.DiskChanges(2, 0, random.nextBoolean(), bytes(8));
            case 17 -> new WireMessage.DiskDigests(0, 3, bytes(DiskExtents.DIGEST_BYTES * (1 + random.nextInt(13))));
            case 18 -> new WireMessage.DiskDiffers(0, random.nextInt(16), bytes(1));
            case 19 -> random.nextBoolean() ? new WireMessage.Settle() : new WireMessage.Settled();
            case 20 -> new WireMessage.FirmwareVariables(bytes(random.nextInt(1000)));
            case 22 -> pageDeltas();
            case 23 -> stateDelta();
            case 21 -> new WireMessage.DiskFlush(2 * random.nextInt(2));
            case 24 -> new WireMessage.Received(new FrameBatch(random.nextInt(9), 1 + random.nextInt(99), frames()));
            case 25 -> new WireMessage.Held(new FrameBatch(random.nextInt(9), 0, frames()));
            case 26 -> new WireMessage.Delivered(
                    random.longs(random.nextInt(4), 0, Long.MAX_VALUE).boxed().toList());
            default -> random.nextBoolean()
                    ? new WireMessage.Farewell(Farewell.values()[random.nextInt(Farewell.values().length)], text())
                    : new WireMessage.Error(text());
        };
    }

    private ByteBuffer frames() {
        ByteBuffer data = ByteBuffer.allocate(70_000 * 3).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = random.nextInt(3); i >= 0; i--) {
            int length =
                    FrameBatch.HEADER_BYTES + 1 + random.nextInt(FrameBatch.MAX_FRAME_BYTES - FrameBatch.HEADER_BYTES);
            data.putInt(length).put(bytes(length));
        }
        return data.flip();
    }

    private WireMessage hello() {
        DomainIdentity identity = identity();
        return new WireMessage.Hello(
                identity,
                random.nextLong(),
                random.nextLong(),
                imageId(),
                identity.disks().stream()
                        .map(disk -> new DiskBase(random.nextLong(), random.nextBoolean(), random.nextBoolean()))
                        .toList());
    }

    private WireMessage accept() {
        List<DiskPlan> plans = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            plans.add(DiskPlan.values()[random.nextInt(DiskPlan.values().length)]);
        }
        return new WireMessage.Accept(random.nextLong(), random.nextLong() >>> 1, imageId(), plans);
    }

    private String text() {
        String letters = "abc XYZ äöü 漢字 \ud83d\ude00";
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(50); i > 0; i--) {
            text.append(letters);
        }
        return text.toString();
    }

    private ByteBuffer bytes(int length) {
        byte[] content = new byte[length];
        random.nextBytes(content);
        return ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    }

    private Optional<ImageId> imageId() {
        return random.nextBoolean() ? Optional.of(new ImageId(random.nextLong(), random.nextLong())) : Optional.empty();
    }

    private WireMessage pages() {
        int count = random.nextInt(20);
        ByteBuffer runs = ByteBuffer.allocate(count * PageRuns.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int dataPages = 0;
        for (int i = 0; i < count; i++) {
            int length = 1 + random.nextInt(10);
            boolean zero = random.nextBoolean();
            runs.putInt(random.nextInt((int) PAGES - length + 1)).putInt(zero ? length | PageRuns.ZERO_FLAG : length);
            dataPages += zero ? 0 : length;
        }
        return new WireMessage.Pages(runs.flip(), bytes(dataPages * PageRuns.PAGE_BYTES));
    }

    private WireMessage pageDeltas() {
        int count = random.nextInt(20);
        ByteBuffer entries = ByteBuffer.allocate(count * PageDelta.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer data = ByteBuffer.allocate(count * PageDelta.MAX_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            int begin = data.position();
            delta(PageRuns.PAGE_BYTES, data, PageDelta.MAX_BYTES);
            entries.putInt(random.nextInt((int) PAGES))
                    .putInt(data.position() - begin)
                    .putInt(random.nextInt());
        }
        return new WireMessage.PageDeltas(entries.flip(), data.flip());
    }

    private WireMessage stateDelta() {
        int base = random.nextInt(10_000);
        int total = random.nextInt(10_000);
        int common = WireMessage.StateDelta.common(base, total);
        ByteBuffer data = ByteBuffer.allocate(20_000).order(ByteOrder.LITTLE_ENDIAN);
        delta(common, data, 5_000);
        data.put(bytes(total - common));
        return new WireMessage.StateDelta(base, total, random.nextInt(), data.flip());
    }

    private void delta(int size, ByteBuffer out, int most) {
        ByteBuffer old = bytes(size);
        ByteBuffer fresh = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        fresh.put(0, old, 0, size);
        for (int i = random.nextInt(20); i > 0 && size > 0; i--) {
            fresh.put(random.nextInt(size), (byte) i);
        }
        if (!Deltas.take(fresh, 0, old, 0, size, out, most)) {
            throw new IllegalStateException("twenty bytes are not many");
        }
    }

    private WireMessage disk() {
        int length = 1 + random.nextInt(100_000);
        return new WireMessage.Disk(0, random.nextInt((int) DISK - length + 1), bytes(length));
    }

    private WireMessage deviceState() {
        int length = random.nextInt(10_000);
        int offset = random.nextInt(1000);
        return new WireMessage.DeviceState(offset, offset + length + random.nextInt(100), bytes(length));
    }

    private TapSnapshot rings() {
        List<DeviceSnapshot> devices = new ArrayList<>();
        for (int d = random.nextInt(4); d > 0; d--) {
            List<RingSnapshot> rings = new ArrayList<>();
            for (int r = random.nextInt(4); r > 0; r--) {
                rings.add(ring(r));
            }
            devices.add(new DeviceSnapshot(
                    text(), random.nextBoolean() ? DeviceKind.NET : DeviceKind.BLOCK, random.nextLong(), d, rings));
        }
        return new TapSnapshot(
                List.of(new MemoryRegion(0, 500 << 12, 0), new MemoryRegion(1L << 32, 500 << 12, 500 << 12)), devices);
    }

    private RingSnapshot ring(int index) {
        int size = 1 << random.nextInt(16);
        List<InFlight> inFlight = new ArrayList<>();
        for (int i = random.nextInt(Math.min(size, 300) + 1); i > 0; i--) {
            inFlight.add(new InFlight(random.nextInt(size), random.nextLong()));
        }
        return new RingSnapshot(
                index,
                size,
                random.nextLong(),
                random.nextLong(),
                random.nextLong(),
                random.nextInt(65536),
                random.nextInt(65536),
                inFlight);
    }

    private DomainIdentity identity() {
        List<DomainIdentity.Disk> disks = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            disks.add(new DomainIdentity.Disk(
                    text(), random.nextLong() >>> 1, "mirrored", random.nextBoolean(), random.nextInt(16)));
        }
        List<DomainIdentity.Nic> nics = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            nics.add(new DomainIdentity.Nic(text(), "52:54:00:12:34:56"));
        }
        return new DomainIdentity(
                text(),
                new MachineIdentity("qemu", text(), text(), text(), "kvm"),
                (long) random.nextInt(1 << 20) << 20,
                random.nextInt(255),
                "ovmf",
                disks,
                nics);
    }
}
