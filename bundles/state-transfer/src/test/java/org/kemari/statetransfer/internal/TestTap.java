package org.kemari.statetransfer.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.kemari.api.tap.DeviceKind;
import org.kemari.api.tap.DeviceSnapshot;
import org.kemari.api.tap.DeviceStatus;
import org.kemari.api.tap.DiskExtent;
import org.kemari.api.tap.DomainTap;
import org.kemari.api.tap.InFlight;
import org.kemari.api.tap.MemoryRegion;
import org.kemari.api.tap.RingSnapshot;
import org.kemari.api.tap.TapListener;
import org.kemari.api.tap.TapSnapshot;
import org.kemari.api.tap.WrittenAhead;
import org.kemari.linux.DirtyBitmap;

/** What state transfer sees of a tap: one mirrored disk that is written to until outputs are held. */
public final class TestTap implements DomainTap {
    private static final int EXTENT = 64 << 10;

    private final long memoryBytes;
    private final FileChannel disk;
    private final long diskBytes;
    private final DirtyBitmap marks;
    private final Random random;
    private final Thread writer;
    /** Of a guest that writes no disk. */
    static final WrittenAhead NOTHING_AHEAD = new Ahead(List.of());

    private final List<DiskExtent> repairs = new ArrayList<>();
    private final List<Ahead.Step> ahead = new ArrayList<>();
    private final TestFrames frames = new TestFrames();
    private volatile boolean tracking;
    private volatile boolean over;
    private boolean held;
    private long epoch;
    private int cancelled;

    public TestTap(long memoryBytes, Path diskFile, Path marksFile, long seed) throws IOException {
        this.memoryBytes = memoryBytes;
        this.disk = FileChannel.open(diskFile, StandardOpenOption.READ, StandardOpenOption.WRITE);
        this.diskBytes = disk.size();
        this.marks = DirtyBitmap.open(marksFile, (diskBytes + EXTENT - 1) / EXTENT);
        this.random = new Random(seed);
        this.writer = new Thread(this::work, "test-tap");
        writer.setDaemon(true);
        writer.start();
    }

    private void work() {
        try {
            while (!over) {
                synchronized (this) {
                    if (!held) {
                        writeSomewhere();
                    }
                }
                Thread.sleep(0, 500_000);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void writeSomewhere() throws IOException {
        int length = 512 * (1 + random.nextInt(200));
        long offset = 512L * random.nextInt((int) ((diskBytes - length) / 512) + 1);
        byte[] content = new byte[length];
        random.nextBytes(content);
        boolean marking = tracking;
        long first = offset / EXTENT;
        long count = (offset + length - 1) / EXTENT - first + 1;
        if (marking) {
            marks.mark(first, count);
        }
        disk.write(ByteBuffer.wrap(content), offset);
        if (marking) {
            marks.mark(first, count);
        }
    }

    /** A write that the standby does not know of is left behind, to be repaired by the next checkpoint. */
    public synchronized void diverge(String diskId) throws IOException {
        long offset = 512L * random.nextInt((int) (diskBytes / 512) - 10);
        byte[] content = new byte[5120];
        random.nextBytes(content);
        disk.write(ByteBuffer.wrap(content), offset);
        repairs.add(new DiskExtent(diskId, offset, content.length));
    }

    /** The guest writes, overwrites, clears and flushes without waiting for a checkpoint. */
    public synchronized void runAhead(String diskId, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            long offset = 512L * random.nextInt((int) (diskBytes / 512) - 10);
            byte[] content = new byte[5120];
            if (random.nextInt(3) > 0) {
                random.nextBytes(content);
                ahead.add(visitor -> visitor.written(diskId, offset, ByteBuffer.wrap(content)));
            } else {
                ahead.add(visitor -> visitor.cleared(diskId, offset, content.length));
            }
            disk.write(ByteBuffer.wrap(content), offset);
        }
        ahead.add(visitor -> visitor.flushed(diskId));
    }

    /** What ran ahead, step by step. */
    private record Ahead(List<Step> steps) implements WrittenAhead {
        private interface Step {
            void show(Visitor visitor) throws IOException;
        }

        @Override
        public void forEach(Visitor visitor) throws IOException {
            for (Step step : steps) {
                step.show(visitor);
            }
        }

        @Override
        public void close() {}
    }

    public static TapSnapshot snapshotOf(long epoch, long memoryBytes) {
        List<InFlight> inFlight = new ArrayList<>();
        for (int i = 0; i < epoch % 5; i++) {
            inFlight.add(new InFlight(i * 3, epoch * 100 + i));
        }
        RingSnapshot ring = new RingSnapshot(
                0, 128, 0x1000, 0x2000, 0x3000, (int) (epoch & 0xffff), (int) (epoch * 7 & 0xffff), inFlight);
        return new TapSnapshot(
                List.of(new MemoryRegion(0, memoryBytes, 0)),
                List.of(
                        new DeviceSnapshot("disk0", DeviceKind.BLOCK, 0x1234, 1, List.of(ring)),
                        new DeviceSnapshot("nic0", DeviceKind.NET, -1, epoch, List.of())));
    }

    public int cancelled() {
        return cancelled;
    }

    public boolean isTracking() {
        return tracking;
    }

    @Override
    public void setListener(TapListener listener) {}

    @Override
    public synchronized void hold(Duration timeout) {
        held = true;
    }

    @Override
    public synchronized void passThrough() {
        held = false;
    }

    @Override
    public void prepare(long next) {
        epoch = next;
    }

    @Override
    public TapSnapshot snapshot(Duration timeout) {
        return snapshotOf(epoch, memoryBytes);
    }

    @Override
    public void cancel() {
        cancelled++;
    }

    @Override
    public void release(long released) {}

    @Override
    public int held() {
        return 0;
    }

    @Override
    public void runAhead(String standby) {}

    @Override
    public synchronized WrittenAhead takeWrittenAhead(Duration timeout) {
        WrittenAhead taken = new Ahead(List.copyOf(ahead));
        ahead.clear();
        return taken;
    }

    @Override
    public synchronized List<DiskExtent> takeRepairs() {
        List<DiskExtent> taken = List.copyOf(repairs);
        repairs.clear();
        return taken;
    }

    @Override
    public synchronized void trackWrites(boolean on) {
        tracking = on;
    }

    @Override
    public void restore(TapSnapshot snapshot) {}

    @Override
    public void activate() {}

    @Override
    public void announce() {}

    @Override
    public void keepFailed(boolean on) {}

    @Override
    public void logChanges(String peer, long session) {}

    @Override
    public TestFrames frames() {
        return frames;
    }

    @Override
    public List<DeviceStatus> status() {
        return List.of();
    }

    @Override
    public void readDisk(DiskExtent extent, ByteBuffer target) throws IOException {
        long offset = extent.offset();
        while (target.hasRemaining()) {
            offset += disk.read(target, offset);
        }
    }

    @Override
    public void leave() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        over = true;
        try {
            writer.join();
            disk.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        marks.close();
    }
}
