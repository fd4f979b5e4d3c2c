package org.kemari.eventtap.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.kemari.api.tap.DeviceSnapshot;
import org.kemari.api.tap.DeviceStatus;
import org.kemari.api.tap.DiskExtent;
import org.kemari.api.tap.DomainTap;
import org.kemari.api.tap.FrameLog;
import org.kemari.api.tap.MemoryRegion;
import org.kemari.api.tap.TapListener;
import org.kemari.api.tap.TapRequest;
import org.kemari.api.tap.TapSnapshot;
import org.kemari.api.tap.WrittenAhead;
import org.kemari.linux.DirtyBitmap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The backends of one domain, as one. */
final class DomainBackends implements DomainTap {
    private static final Logger LOG = LoggerFactory.getLogger(DomainBackends.class);

    private final TapRequest request;
    private final String domain;
    private final DirtyBitmap dirtyPages;
    private final Relay relay;
    private final List<BlockDevice> disks;
    private final List<NetDevice> nics;
    private final List<TappedDevice> devices = new ArrayList<>();
    private final List<DeviceServer> servers;
    private final DivergenceRecorder recorder;
    private final DomainFrames frames;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean left;

    /** Passes on what the devices tell; of outputs held, the first since the last prepare. */
    static final class Relay implements DeviceEvents {
        private final String domain;
        private final AtomicBoolean told = new AtomicBoolean();
        private volatile Optional<TapListener> listener = Optional.empty();

        Relay(String domain) {
            this.domain = domain;
        }

        @Override
        public String domain() {
            return domain;
        }

        @Override
        public void outputHeld() {
            if (told.compareAndSet(false, true)) {
                listener.ifPresent(TapListener::outputHeld);
            }
        }

        @Override
        public void broken(String device, String reason) {
            listener.ifPresent(l -> l.deviceBroken(device, reason));
        }

        @Override
        public void diskFailed(String device, String reason) {
            listener.ifPresent(l -> l.diskFailed(device, reason));
        }
    }

    DomainBackends(
            TapRequest request,
            DirtyBitmap dirtyPages,
            Relay relay,
            List<BlockDevice> disks,
            List<NetDevice> nics,
            List<DeviceServer> servers) {
        this.request = request;
        this.domain = request.definition().name();
        this.dirtyPages = dirtyPages;
        this.relay = relay;
        this.disks = List.copyOf(disks);
        this.nics = List.copyOf(nics);
        this.servers = List.copyOf(servers);
        this.frames = new DomainFrames(this.nics);
        this.recorder = new DivergenceRecorder(domain, this.disks);
        devices.addAll(disks);
        devices.addAll(nics);
    }

    void start() {
        servers.forEach(DeviceServer::start);
    }

    @Override
    public void setListener(TapListener listener) {
        relay.listener = Optional.of(listener);
    }

    @Override
    public void hold(Duration timeout) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        // All of them begin to hold before any is waited for.
        devices.forEach(TappedDevice::beginHold);
        for (TappedDevice device : devices) {
            device.awaitHold(deadline - System.nanoTime());
        }
    }

    @Override
    public void runAhead(String standby) throws IOException {
        recorder.await();
        for (BlockDevice disk : disks) {
            disk.runAhead(standby);
        }
    }

    @Override
    public WrittenAhead takeWrittenAhead(Duration timeout) throws IOException {
        List<WrittenAhead> parts = new ArrayList<>();
        for (BlockDevice disk : disks) {
            disk.takeWrittenAhead(timeout.toNanos()).ifPresent(parts::add);
        }
        return new WrittenAhead() {
            @Override
            public void forEach(Visitor visitor) throws IOException {
                for (WrittenAhead part : parts) {
                    part.forEach(visitor);
                }
            }

            @Override
            public void close() {
                parts.forEach(WrittenAhead::close);
            }
        };
    }

    @Override
    public void passThrough() {
        recorder.begin(false);
        devices.forEach(TappedDevice::passThrough);
    }

    @Override
    public void prepare(long epoch) {
        devices.forEach(d -> d.prepare(epoch));
        // Only now: what a device told before its own turn must not stand in for what it tells after the pause.
        relay.told.set(false);
    }

    @Override
    public TapSnapshot snapshot(Duration timeout) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        // All of them are asked before any is waited for.
        long[] fences = new long[servers.size()];
        for (int i = 0; i < fences.length; i++) {
            fences[i] = servers.get(i).askToCatchUp();
        }
        for (int i = 0; i < fences.length; i++) {
            servers.get(i).awaitCatchUp(fences[i], Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
        }
        List<MemoryRegion> memory = List.of();
        List<DeviceSnapshot> snapshots = new ArrayList<>();
        for (TappedDevice device : devices) {
            List<MemoryRegion> layout = device.pausedMemory();
            memory = memory.isEmpty() ? layout : memory;
            snapshots.add(device.snapshot());
        }
        return new TapSnapshot(memory, snapshots);
    }

    @Override
    public void cancel() {
        devices.forEach(TappedDevice::cancel);
    }

    @Override
    public void release(long epoch) {
        devices.forEach(d -> d.release(epoch));
    }

    @Override
    public int held() {
        return devices.stream().mapToInt(TappedDevice::heldOutputs).sum();
    }

    @Override
    public List<DiskExtent> takeRepairs() {
        List<DiskExtent> repairs = new ArrayList<>();
        disks.forEach(d -> repairs.addAll(d.takeRepairs()));
        return List.copyOf(repairs);
    }

    @Override
    public void trackWrites(boolean on) {
        for (BlockDevice disk : disks) {
            disk.trackWrites(on);
        }
    }

    @Override
    public void restore(TapSnapshot snapshot) throws IOException {
        if (snapshot.devices().size() != devices.size()) {
            throw new IOException("domain " + domain + " has " + devices.size() + " tapped devices, the checkpoint "
                    + snapshot.devices().size());
        }
        for (int i = 0; i < devices.size(); i++) {
            DeviceSnapshot found = snapshot.devices().get(i);
            TappedDevice device = devices.get(i);
            if (!found.device().equals(device.id) || found.kind() != device.kind) {
                throw new IOException("domain " + domain + ": device " + i + " is " + device.kind + " " + device.id
                        + ", in the checkpoint " + found.kind() + " " + found.device());
            }
        }
        for (BlockDevice disk : disks) {
            disk.changes().open();
        }
        recorder.begin(true);
        for (int i = 0; i < devices.size(); i++) {
            devices.get(i).restore(snapshot.devices().get(i));
        }
    }

    @Override
    public void activate() throws IOException {
        for (NetDevice nic : nics) {
            nic.activate();
        }
    }

    @Override
    public void announce() {
        nics.forEach(NetDevice::announce);
    }

    @Override
    public void keepFailed(boolean on) {
        disks.forEach(d -> d.keepFailed(on));
    }

    @Override
    public void logChanges(String peer, long session) throws IOException {
        recorder.await();
        for (BlockDevice disk : disks) {
            disk.logChanges(peer, session);
        }
    }

    @Override
    public FrameLog frames() {
        return frames;
    }

    @Override
    public List<DeviceStatus> status() {
        return devices.stream().map(TappedDevice::status).toList();
    }

    @Override
    public void readDisk(DiskExtent extent, ByteBuffer target) throws IOException {
        for (BlockDevice disk : disks) {
            if (disk.id.equals(extent.disk())) {
                int limit = target.limit();
                target.limit(target.position() + extent.length());
                try {
                    disk.read(extent.offset(), target);
                } finally {
                    target.limit(limit);
                }
                return;
            }
        }
        throw new IOException("domain " + domain + " has no disk " + extent.disk());
    }

    @Override
    public void leave() {
        relay.listener = Optional.empty();
        left = true;
        LOG.info("the tap of domain {} serves its guest alone", domain);
    }

    List<BlockDevice> disks() {
        return disks;
    }

    boolean isLeft(String name) {
        return left && domain.equals(name) && !closed.get();
    }

    /** Somebody has come for a tap that was left; if it is not what is wanted, it is closed. */
    boolean rejoin(TapRequest wanted) {
        left = false;
        if (serves(wanted)) {
            return true;
        }
        close();
        return false;
    }

    private boolean serves(TapRequest wanted) {
        return request.paths().equals(wanted.paths())
                && request.definition().memoryBytes() == wanted.definition().memoryBytes()
                && request.definition().disks().equals(wanted.definition().disks())
                && request.definition().nics().equals(wanted.definition().nics());
    }

    boolean isClosed() {
        return closed.get();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            recorder.await();
            servers.forEach(DeviceServer::close);
            dirtyPages.close();
            LOG.info("the tap of domain {} is closed", domain);
        }
    }
}
