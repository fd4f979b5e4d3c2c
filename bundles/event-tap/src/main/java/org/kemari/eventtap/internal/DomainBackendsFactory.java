package org.kemari.eventtap.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.kemari.api.domain.DiskDefinition;
import org.kemari.api.domain.DiskMode;
import org.kemari.api.domain.NicDefinition;
import org.kemari.api.tap.TapRequest;
import org.kemari.linux.DirtyBitmap;
import org.kemari.virtio.ring.GuestMemory;

/** Opens everything that a domain's backends need; if something is missing, all is given back. */
final class DomainBackendsFactory {
    private static final int IO_THREADS = 8;

    private final TapRequest request;
    private final DomainBackends.Relay relay;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final List<BlockDevice> disks = new ArrayList<>();
    private final List<NetDevice> nics = new ArrayList<>();
    private final List<DeviceServer> servers = new ArrayList<>();

    private DomainBackendsFactory(TapRequest request) {
        this.request = request;
        this.relay = new DomainBackends.Relay(request.definition().name());
    }

    static DomainBackends open(TapRequest request) throws IOException {
        DomainBackendsFactory factory = new DomainBackendsFactory(request);
        try {
            DomainBackends backends = factory.open();
            backends.start();
            return backends;
        } catch (IOException | RuntimeException e) {
            factory.giveBack(e);
            throw e;
        }
    }

    private DomainBackends open() throws IOException {
        createPrivate(request.paths().runDirectory());
        createPrivate(request.paths().stateDirectory());
        DirtyBitmap dirtyPages = opened(openDirtyPages());
        for (DiskDefinition disk : request.definition().disks()) {
            openDisk(disk, dirtyPages);
        }
        for (NicDefinition nic : request.definition().nics()) {
            openNic(nic, dirtyPages);
        }
        return new DomainBackends(request, dirtyPages, relay, disks, nics, servers);
    }

    private static void createPrivate(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }

    /** A file of another size is left over from a definition that was different. */
    private DirtyBitmap openDirtyPages() throws IOException {
        Path path = request.paths().dirtyPagesFile();
        long pages = request.definition().memoryBytes() / GuestMemory.PAGE_BYTES;
        if (Files.exists(path) && Files.size(path) != (pages + Long.SIZE - 1) / Long.SIZE * Long.BYTES) {
            Files.delete(path);
        }
        return DirtyBitmap.open(path, pages).countFor(request.definition().name());
    }

    private void openDisk(DiskDefinition definition, DirtyBitmap dirtyPages) throws IOException {
        boolean mirrored = definition.mode() == DiskMode.MIRRORED;
        Disk disk = opened(Disk.open(
                definition.id(),
                definition.path(),
                definition.readOnly(),
                mirrored ? Optional.of(request.paths()) : Optional.empty()));
        if (!request.standby()) {
            // whatever the guest writes now was not committed by anybody
            disk.changes().open();
            disk.changes().diverge(false);
        }
        BlockDevice device = opened(new BlockDevice(disk, definition.queues(), IO_THREADS, relay));
        opened.remove(disk);
        disks.add(device);
        serve(device, dirtyPages);
    }

    private void openNic(NicDefinition definition, DirtyBitmap dirtyPages) throws IOException {
        Nic nic = opened(Nic.open(definition.tapDevice(), definition.bridge(), definition.mac(), !request.standby()));
        NetDevice device = opened(new NetDevice(definition.id(), nic, relay));
        opened.remove(nic);
        nics.add(device);
        serve(device, dirtyPages);
    }

    private void serve(TappedDevice device, DirtyBitmap dirtyPages) throws IOException {
        Connector connector = Connector.to(request.paths().deviceSocket(device.id));
        servers.add(opened(new DeviceServer(device, connector, Optional.of(dirtyPages))));
        opened.remove(device);
    }

    private <T extends AutoCloseable> T opened(T resource) {
        opened.addFirst(resource);
        return resource;
    }

    private void giveBack(Exception reason) {
        for (AutoCloseable resource : opened) {
            try {
                resource.close();
            } catch (Exception e) {
                reason.addSuppressed(e);
            }
        }
    }
}
