package org.kemari.ringrestoration.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.kemari.api.domain.DiskDefinition;
import org.kemari.api.domain.DiskMode;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.domain.DomainPaths;
import org.kemari.api.restoration.ImageRings;
import org.kemari.api.restoration.RestorationStatus;
import org.kemari.api.tap.DeviceKind;
import org.kemari.api.tap.DeviceSnapshot;
import org.kemari.api.tap.InFlight;
import org.kemari.api.tap.MemoryRegion;
import org.kemari.api.tap.RingSnapshot;
import org.kemari.api.tap.TapSnapshot;
import org.kemari.linux.Fd;
import org.kemari.linux.NativeMemory;
import org.kemari.linux.OpenMode;
import org.kemari.virtio.block.BlockRequest;
import org.kemari.virtio.ring.DescriptorChain;
import org.kemari.virtio.ring.GuestMemory;
import org.kemari.virtio.ring.RingException;
import org.kemari.virtio.ring.Virtqueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A standby's image: the RAM file, which holds exactly one committed checkpoint whenever we look at it, and this host's
 * copies of the mirrored disks. Disk data never came over the wire: the payloads of pending writes lie in the image.
 */
final class Image implements ImageRings {
    private static final Logger LOG = LoggerFactory.getLogger(Image.class);

    /** A pending request and the ring that it is in. */
    private record Pending(Virtqueue queue, int ring, InFlight request) {}

    private final DomainDefinition definition;
    private final NativeMemory ram;
    private final Map<String, MirroredDisk> disks;
    private final LongSupplier nanoTime;
    private final Figures figures = new Figures();
    private final List<Pending> pending = new ArrayList<>();
    private final DescriptorChain chain = new DescriptorChain();
    private final BlockRequest request = new BlockRequest();
    private List<MemoryRegion> layout = List.of();
    private Optional<GuestMemory> memory = Optional.empty();

    private Image(
            DomainDefinition definition, NativeMemory ram, Map<String, MirroredDisk> disks, LongSupplier nanoTime) {
        this.definition = definition;
        this.ram = ram;
        this.disks = disks;
        this.nanoTime = nanoTime;
    }

    static Image open(DomainDefinition definition, DomainPaths paths, LongSupplier nanoTime) throws IOException {
        Map<String, MirroredDisk> disks = new LinkedHashMap<>();
        try {
            for (DiskDefinition disk : definition.disks()) {
                if (disk.mode() == DiskMode.MIRRORED && !disk.readOnly()) {
                    disks.put(disk.id(), MirroredDisk.open(definition.name(), disk, paths.stateDirectory()));
                }
            }
            return new Image(definition, map(definition, paths), disks, nanoTime);
        } catch (IOException | RuntimeException e) {
            for (MirroredDisk disk : disks.values()) {
                disk.close();
            }
            throw e;
        }
    }

    private static NativeMemory map(DomainDefinition definition, DomainPaths paths) throws IOException {
        try (Fd file = Fd.open(paths.ramFile(), OpenMode.READ)) {
            long bytes = file.size();
            if (bytes < definition.memoryBytes()) {
                throw new IOException(paths.ramFile() + " has " + bytes + " bytes, but domain " + definition.name()
                        + " has memory of " + definition.memoryBytes());
            }
            return NativeMemory.map(file, 0, bytes, false)
                    .countFor(definition.name(), "guest memory, to restore rings");
        }
    }

    @Override
    public void executePending(TapSnapshot snapshot) throws IOException {
        long begin = nanoTime.getAsLong();
        GuestMemory guest = memoryOf(snapshot);
        int pendingNow = 0;
        for (DeviceSnapshot device : snapshot.devices()) {
            for (RingSnapshot ring : device.rings()) {
                pendingNow += ring.inFlight().size();
            }
            MirroredDisk disk = disks.get(device.device());
            if (disk != null && device.kind() == DeviceKind.BLOCK) {
                execute(guest, device, disk);
            }
        }
        figures.snapshot(pendingNow, nanoTime.getAsLong() - begin);
    }

    @Override
    public void flush(Set<String> ids) {
        for (String id : ids) {
            MirroredDisk disk = disks.get(id);
            if (disk != null) {
                disk.flush(figures);
            }
        }
    }

    private void execute(GuestMemory guest, DeviceSnapshot device, MirroredDisk disk) throws IOException {
        disk.begin(device.incarnation());
        pending.clear();
        for (RingSnapshot ring : device.rings()) {
            collect(guest, device, ring, disk);
        }
        pending.sort(Comparator.comparingLong(p -> p.request().sequence()));
        for (Pending p : pending) {
            if (!disk.isNew(p.request().sequence())) {
                throw RingCheck.fault(
                        device.device(), p.ring(), "request " + p.request().sequence() + " is in flight twice");
            }
            try {
                p.queue().load(p.request().head(), chain);
                request.parse(guest, chain, disk.config());
            } catch (RingException e) {
                throw RingCheck.fault(device.device(), p.ring(), e.getMessage());
            }
            disk.execute(request, p.request().sequence(), figures);
        }
    }

    private void collect(GuestMemory guest, DeviceSnapshot device, RingSnapshot ring, MirroredDisk disk)
            throws IOException {
        Virtqueue queue = null;
        for (InFlight inFlight : ring.inFlight()) {
            if (disk.isNew(inFlight.sequence())) {
                if (queue == null) {
                    queue = RingCheck.queue(guest, device, ring);
                }
                pending.add(new Pending(queue, ring.index(), inFlight));
            }
        }
    }

    @Override
    public void check(TapSnapshot snapshot) throws IOException {
        requests(snapshot);
    }

    private int requests(TapSnapshot snapshot) throws IOException {
        return new RingCheck(definition, memoryOf(snapshot)).check(snapshot);
    }

    @Override
    public TapSnapshot restore(TapSnapshot snapshot) throws IOException {
        for (MirroredDisk disk : disks.values()) {
            disk.awaitFlushed();
        }
        int requests = requests(snapshot);
        figures.restored(requests);
        LOG.info("{}: rings are whole, {} requests to be finished", definition.name(), requests);
        return snapshot;
    }

    /** The layout hardly ever changes. */
    private GuestMemory memoryOf(TapSnapshot snapshot) throws IOException {
        if (memory.isEmpty() || !layout.equals(snapshot.memory())) {
            try {
                memory = Optional.of(GuestMemory.ofFile(ram, snapshot.memory(), Optional.empty()));
                layout = snapshot.memory();
            } catch (RingException e) {
                throw new IOException("domain " + definition.name() + ": " + e.getMessage());
            }
        }
        return memory.get();
    }

    @Override
    public RestorationStatus status() {
        return figures.status();
    }

    @Override
    public void close() {
        for (MirroredDisk disk : disks.values()) {
            disk.close();
        }
        ram.close();
    }
}
