package org.kemari.statetransfer.internal.incoming;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.kemari.api.domain.DiskDefinition;
import org.kemari.api.domain.DomainPaths;
import org.kemari.api.transfer.DomainIdentity;
import org.kemari.linux.BlockFile;
import org.kemari.linux.ChangeLog;
import org.kemari.linux.ChangeLogs;
import org.kemari.linux.NativeMemory;
import org.kemari.statetransfer.internal.ExtentDigests;
import org.kemari.statetransfer.internal.wire.DiskBase;
import org.kemari.statetransfer.internal.wire.DiskExtents;
import org.kemari.statetransfer.internal.wire.DiskPlan;
import org.kemari.statetransfer.internal.wire.FrameWriter;
import org.kemari.statetransfer.internal.wire.WireMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The standby's copy of a mirrored disk, and its change logs: the one against the primary, which decides how the copy is
 * brought up to date and begins anew with the first checkpoint, and those against other hosts, which go on. Used by one
 * thread at a time.
 */
final class StandbyDisk implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StandbyDisk.class);

    private final int index;
    private final DomainIdentity.Disk identity;
    private final String primary;
    private final Path logPath;
    private final BlockFile file;
    private final ChangeLogs logs;
    private final ExtentDigests digests = new ExtentDigests();
    private final NativeMemory piece;
    private final DiskPlan plan;
    private final long[] changes;

    private StandbyDisk(
            int index,
            DomainIdentity.Disk identity,
            String primary,
            Path logPath,
            BlockFile file,
            ChangeLogs logs,
            DiskBase base)
            throws IOException {
        this.index = index;
        this.identity = identity;
        this.primary = primary;
        this.logPath = logPath;
        this.file = file;
        this.logs = logs;
        Optional<long[]> known = changesSince(base);
        this.changes = known.orElse(new long[0]);
        this.plan = known.isPresent() ? DiskPlan.DELTA : isEmpty() ? DiskPlan.COPY : DiskPlan.COMPARE;
        this.piece = NativeMemory.allocate(DiskExtents.EXTENT_BYTES);
    }

    /**
     * Opens a copy.
     *
     * @param index in the identity
     * @param base what the primary's log is good for
     * @throws IOException if it is not there or smaller than the primary's; the message names it
     */
    static StandbyDisk open(
            int index,
            DomainIdentity.Disk identity,
            DiskBase base,
            DiskDefinition ours,
            DomainPaths paths,
            String primary)
            throws IOException {
        BlockFile file = BlockFile.open(ours.path(), false);
        try {
            long size = file.size();
            if (size < identity.sizeBytes()) {
                throw new IOException("disk " + identity.id() + " (" + ours.path() + ") has " + size
                        + " bytes, the primary's " + identity.sizeBytes());
            }
            ChangeLogs logs = ChangeLogs.open(paths.stateDirectory(), identity.id(), file.identity());
            Path logPath = paths.changeLog(identity.id(), primary);
            return new StandbyDisk(index, identity, primary, logPath, file, logs, base);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /**
     * What this copy has received since it was equal to the primary's and the primary does not know of, if that is known;
     * see {@link ChangeLog} for why that may be nothing although this host's marks are lost.
     */
    private Optional<long[]> changesSince(DiskBase base) throws IOException {
        if (base.session() == 0 || !Files.exists(logPath)) {
            return Optional.empty();
        }
        try (ChangeLog log = ChangeLog.open(logPath, file.identity())) {
            if (!log.peer().equals(primary) || !log.isAnsweredBy(base.session(), base.primary(), base.complete())) {
                return Optional.empty();
            }
            return Optional.of(
                    Arrays.copyOf(log.additions(), (int) ((DiskExtents.count(identity.sizeBytes()) + 63) / 64)));
        } catch (IOException e) {
            LOG.info("Disk {} will be compared with the copy of host {}: {}", identity.id(), primary, e.getMessage());
            return Optional.empty();
        }
    }

    private boolean isEmpty() throws IOException {
        return !file.isDevice() && file.nextData(0) >= identity.sizeBytes();
    }

    String id() {
        return identity.id();
    }

    DiskPlan plan() {
        return plan;
    }

    /**
     * Durably, before anything is written: what the logs against other hosts say does not hold for what comes now, and the
     * one against the primary says nothing any more, unless what comes is within the marks of both sides.
     */
    void begin() throws IOException {
        if (plan == DiskPlan.DELTA) {
            logs.diverge(false, Optional.of(primary));
        } else {
            logs.discard(logPath, primary);
            logs.diverge(false, Optional.empty());
        }
    }

    /** Tells the primary what this copy has received since the base. */
    void sendChanges(FrameWriter writer) throws IOException {
        int perFrame = DiskExtents.MAX_BITS_BYTES / Long.BYTES;
        for (int at = 0; plan == DiskPlan.DELTA && at < changes.length; at += perFrame) {
            int count = Math.min(perFrame, changes.length - at);
            ByteBuffer bits = ByteBuffer.allocate(count * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < count; i++) {
                bits.putLong(changes[at + i]);
            }
            boolean last = at + count == changes.length;
            writer.write(new WireMessage.DiskChanges(index, at * 64L, last, bits.flip()), 0);
        }
    }

    void write(ByteBuffer data, long offset) throws IOException {
        logs.mark(offset, data.remaining());
        file.write(data, offset);
    }

    /** Makes a range read as zeroes; what does so already is left alone. */
    void clear(long offset, long length) throws IOException {
        long end = offset + length;
        for (long at = file.nextData(offset); at < end; at = file.nextData(at)) {
            long to = Math.min(end, file.nextHole(at));
            if (file.isDevice()) {
                clearDevice(at, to);
            } else {
                logs.mark(at, to - at);
                file.writeZeroes(at, to - at, true);
            }
            at = to;
        }
    }

    /** A device does not tell where its holes are, and writing zeroes may take it long. */
    private void clearDevice(long begin, long end) throws IOException {
        for (long at = begin; at < end; ) {
            int part = (int) Math.min(piece.size(), end - at);
            file.readFully(piece, 0, part, at);
            if (!piece.isZero(0, part)) {
                logs.mark(at, part);
                file.writeZeroes(at, part, true);
            }
            at += part;
        }
    }

    /** Says which of these extents this copy holds otherwise. */
    WireMessage.DiskDiffers compare(WireMessage.DiskDigests theirs) throws IOException {
        int count = theirs.digests().remaining() / DiskExtents.DIGEST_BYTES;
        ByteBuffer digestBytes = theirs.digests().duplicate();
        byte[] bits = new byte[(count + 7) / 8];
        byte[] digest = new byte[DiskExtents.DIGEST_BYTES];
        for (int i = 0; i < count; i++) {
            digestBytes.get(digest);
            if (!Arrays.equals(digest, digest(theirs.firstExtent() + i))) {
                bits[i / 8] |= (byte) (1 << i % 8);
            }
        }
        return new WireMessage.DiskDiffers(index, theirs.firstExtent(), ByteBuffer.wrap(bits));
    }

    private byte[] digest(long extent) throws IOException {
        long begin = extent * DiskExtents.EXTENT_BYTES;
        int length = (int) Math.min(DiskExtents.EXTENT_BYTES, identity.sizeBytes() - begin);
        if (file.nextData(begin) >= begin + length) {
            return digests.zeroes(length);
        }
        file.readFully(piece, 0, length, begin);
        return digests.of(piece, 0, length);
    }

    void flush() throws IOException {
        file.flush();
    }

    /** All that was synced is here, and durable: from now on this copy receives what is committed, and nothing else. */
    void beginLog(long session) {
        if (identity.readOnly()) {
            return;
        }
        try {
            ChangeLog log = ChangeLog.create(logPath, primary, session, false, file.identity());
            log.publish();
            log.persist();
            logs.replace(log);
        } catch (IOException e) {
            LOG.warn(
                    "Disk {}: there is no change log against host {}, so after an outage the copies will be compared: {}",
                    identity.id(),
                    primary,
                    e.getMessage());
        }
    }

    Optional<ChangeLog> log() {
        return logs.against(primary);
    }

    @Override
    public void close() {
        logs.close();
        piece.close();
        file.close();
    }
}
