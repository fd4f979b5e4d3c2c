package org.kemari.statetransfer.internal.wire;

import java.util.ArrayList;
import java.util.List;
import org.kemari.api.tap.DeviceKind;
import org.kemari.api.tap.DeviceSnapshot;
import org.kemari.api.tap.InFlight;
import org.kemari.api.tap.MemoryRegion;
import org.kemari.api.tap.RingSnapshot;
import org.kemari.api.tap.TapSnapshot;

/** {@link TapSnapshot} on the wire. */
final class RingsCodec {
    private static final int MAX_RING = 32768;

    private RingsCodec() {}

    static void write(PayloadWriter out, TapSnapshot snapshot) {
        out.i32(snapshot.memory().size());
        for (MemoryRegion region : snapshot.memory()) {
            out.i64(region.guestAddress()).i64(region.size()).i64(region.fileOffset());
        }
        out.i32(snapshot.devices().size());
        for (DeviceSnapshot device : snapshot.devices()) {
            out.text(device.device())
                    .u8(device.kind() == DeviceKind.BLOCK ? 0 : 1)
                    .i64(device.features())
                    .i64(device.incarnation())
                    .i32(device.rings().size());
            for (RingSnapshot ring : device.rings()) {
                writeRing(out, ring);
            }
        }
    }

    private static void writeRing(PayloadWriter out, RingSnapshot ring) {
        out.u16(ring.index())
                .i32(ring.size())
                .i64(ring.descriptorTable())
                .i64(ring.availRing())
                .i64(ring.usedRing())
                .u16(ring.availIndex())
                .u16(ring.usedIndex())
                .i32(ring.inFlight().size());
        for (int i = 0; i < ring.inFlight().size(); i++) {
            InFlight request = ring.inFlight().get(i);
            out.u16(request.head()).i64(request.sequence());
        }
    }

    static TapSnapshot read(PayloadReader in, Limits limits) throws WireException {
        long memoryBytes = limits.memoryPages() << 12;
        List<MemoryRegion> memory = new ArrayList<>();
        for (int left = in.count(24); left > 0; left--) {
            MemoryRegion region = new MemoryRegion(in.i64(), in.i64(), in.i64());
            if (region.size() < 1
                    || region.size() > memoryBytes
                    || region.fileOffset() < 0
                    || region.fileOffset() > memoryBytes - region.size()) {
                throw new WireException("a memory region of " + region.size() + " bytes at " + region.fileOffset()
                        + " of a RAM file of " + memoryBytes + " bytes");
            }
            memory.add(region);
        }
        List<DeviceSnapshot> devices = new ArrayList<>();
        for (int left = in.count(23); left > 0; left--) {
            devices.add(device(in));
        }
        return new TapSnapshot(memory, devices);
    }

    private static DeviceSnapshot device(PayloadReader in) throws WireException {
        String name = in.text();
        DeviceKind kind = in.bool() ? DeviceKind.NET : DeviceKind.BLOCK;
        long features = in.i64();
        long incarnation = in.i64();
        List<RingSnapshot> rings = new ArrayList<>();
        for (int left = in.count(38); left > 0; left--) {
            rings.add(ring(in));
        }
        return new DeviceSnapshot(name, kind, features, incarnation, rings);
    }

    private static RingSnapshot ring(PayloadReader in) throws WireException {
        int index = in.u16();
        int size = in.i32();
        if (size < 1 || size > MAX_RING || Integer.bitCount(size) != 1) {
            throw new WireException("a ring of " + size + " descriptors");
        }
        long descriptors = in.i64();
        long avail = in.i64();
        long used = in.i64();
        int availIndex = in.u16();
        int usedIndex = in.u16();
        int count = in.count(10);
        if (count > size) {
            throw new WireException(count + " requests in flight in a ring of " + size);
        }
        List<InFlight> inFlight = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int head = in.u16();
            if (head >= size) {
                throw new WireException("a request with head " + head + " in a ring of " + size);
            }
            inFlight.add(new InFlight(head, in.i64()));
        }
        return new RingSnapshot(index, size, descriptors, avail, used, availIndex, usedIndex, inFlight);
    }
}
