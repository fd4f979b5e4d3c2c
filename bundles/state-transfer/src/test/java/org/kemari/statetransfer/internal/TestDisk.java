package org.kemari.statetransfer.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.kemari.api.domain.DomainPaths;
import org.kemari.api.tap.DeviceStatus;
import org.kemari.api.tap.DiskExtent;
import org.kemari.api.tap.DomainTap;
import org.kemari.api.tap.TapListener;
import org.kemari.api.tap.TapSnapshot;
import org.kemari.api.tap.WrittenAhead;
import org.kemari.linux.BlockFile;
import org.kemari.linux.ChangeLog;
import org.kemari.linux.ChangeLogs;

/** What state transfer sees of a tap whose guest writes only when the test says so, with real change logs. */
final class TestDisk implements DomainTap {
    private final TestFrames frames = new TestFrames();
    private final Path file;
    private final DomainPaths paths;
    private final long memoryBytes;
    private final long bytes;
    private ChangeLogs logs;
    private long epoch;

    /** Goes on with what logs there are; {@code tookOver}: as after a takeover. */
    TestDisk(Path file, DomainPaths paths, long memoryBytes, boolean tookOver) throws IOException {
        this.file = file;
        this.paths = paths;
        this.memoryBytes = memoryBytes;
        this.bytes = file.toFile().length();
        logs = ChangeLogs.open(paths.stateDirectory(), "disk0", identity(file));
        logs.diverge(tookOver, Optional.empty());
    }

    static BlockFile.Identity identity(Path file) throws IOException {
        try (BlockFile disk = BlockFile.open(file, true)) {
            return disk.identity();
        }
    }

    /** The guest writes. */
    void write(long offset, byte[] content) throws IOException {
        logs.mark(offset, content.length);
        put(file, offset, content);
    }

    /** Somebody writes without telling anybody. */
    static void put(Path file, long offset, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(content), offset);
        }
    }

    Optional<ChangeLog> log(String peer) {
        return logs.against(peer);
    }

    @Override
    public void logChanges(String peer, long session) throws IOException {
        logs.diverge(false, Optional.of(peer));
        ChangeLog log = ChangeLog.create(paths.changeLog("disk0", peer), peer, session, true, identity(file));
        log.publish();
        log.persist();
        logs.replace(log);
    }

    @Override
    public void passThrough() {
        try {
            logs.diverge(false, Optional.empty());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void prepare(long next) {
        epoch = next;
    }

    @Override
    public TapSnapshot snapshot(Duration timeout) {
        return TestTap.snapshotOf(epoch, memoryBytes);
    }

    @Override
    public void setListener(TapListener listener) {}

    @Override
    public void hold(Duration timeout) {}

    @Override
    public void cancel() {}

    @Override
    public void release(long released) {}

    @Override
    public int held() {
        return 0;
    }

    @Override
    public void runAhead(String standby) {}

    @Override
    public WrittenAhead takeWrittenAhead(Duration timeout) {
        return TestTap.NOTHING_AHEAD;
    }

    @Override
    public List<DiskExtent> takeRepairs() {
        return List.of();
    }

    @Override
    public void trackWrites(boolean on) {}

    @Override
    public void restore(TapSnapshot snapshot) {}

    @Override
    public void activate() {}

    @Override
    public void announce() {}

    @Override
    public void keepFailed(boolean on) {}

    @Override
    public TestFrames frames() {
        return frames;
    }

    @Override
    public List<DeviceStatus> status() {
        return List.of();
    }

    @Override
    public void readDisk(DiskExtent extent, ByteBuffer target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void leave() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        logs.close();
    }
}
