package org.kemari.statetransfer.internal.outgoing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.kemari.api.domain.DomainPaths;
import org.kemari.api.transfer.DomainIdentity;
import org.kemari.linux.BlockFile;
import org.kemari.linux.ChangeLog;
import org.kemari.linux.DirtyBitmap;
import org.kemari.linux.NativeMemory;
import org.kemari.statetransfer.internal.wire.DiskBase;
import org.kemari.statetransfer.internal.wire.DiskExtents;
import org.kemari.statetransfer.internal.wire.DiskPlan;
import org.kemari.statetransfer.internal.wire.WireMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A mirrored disk on the primary: sends all of it, what differs, what the change logs name, or what the tap has marked as
 * written meanwhile. These marks are taken before the content is read, and the tap marks before and after it writes; so
 * whatever was read while it was being written is marked again. One thread, but for {@link #flush}.
 */
final class DiskSource implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DiskSource.class);
    private static final int PIECE_BYTES = 256 << 10;

    private final int index;
    private final DomainIdentity.Disk identity;
    private final BlockFile file;
    private final DirtyBitmap extents;
    private final NativeMemory piece;
    private final Path logPath;
    private final String standby;
    private Optional<ChangeLog> log = Optional.empty();
    private DiskAgreement agreement = DiskAgreement.COPY;
    private long[] delta = {};

    private DiskSource(
            int index,
            DomainIdentity.Disk identity,
            BlockFile file,
            DirtyBitmap extents,
            NativeMemory piece,
            Path logPath,
            String standby) {
        this.index = index;
        this.identity = identity;
        this.file = file;
        this.extents = extents;
        this.piece = piece;
        this.logPath = logPath;
        this.standby = standby;
    }

    /**
     * Opens a disk.
     *
     * @param index in the identity
     * @param identity as agreed upon
     * @param path of this host's copy
     * @param paths where the tap marks what it writes
     * @param standby the other host
     */
    static DiskSource open(int index, DomainIdentity.Disk identity, Path path, DomainPaths paths, String standby)
            throws IOException {
        BlockFile file = BlockFile.open(path, true);
        try {
            long size = file.size();
            if (size < identity.sizeBytes()) {
                throw new IOException(
                        path + " has become smaller: " + size + " bytes instead of " + identity.sizeBytes());
            }
            DirtyBitmap extents =
                    DirtyBitmap.open(paths.dirtyExtentsFile(identity.id()), Math.max(1, DiskExtents.count(size)));
            try {
                NativeMemory piece = NativeMemory.allocate(PIECE_BYTES);
                return new DiskSource(
                        index, identity, file, extents, piece, paths.changeLog(identity.id(), standby), standby);
            } catch (IOException e) {
                extents.close();
                throw e;
            }
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    int index() {
        return index;
    }

    long sizeBytes() {
        return identity.sizeBytes();
    }

    /** What this host's change log against the standby is good for. */
    DiskBase base() {
        openLog();
        return log.map(found -> new DiskBase(found.session(), found.wasPrimary(), found.isComplete()))
                .orElse(DiskBase.NONE);
    }

    private void openLog() {
        log.ifPresent(ChangeLog::close);
        log = Optional.empty();
        if (identity.readOnly() || !logPath.toFile().exists()) {
            return;
        }
        try {
            ChangeLog found = ChangeLog.open(logPath, file.identity());
            if (found.isTrusted() && found.peer().equals(standby)) {
                log = Optional.of(found);
            } else {
                found.close();
            }
        } catch (IOException e) {
            LOG.info("Disk {} will be compared with the copy of host {}: {}", identity.id(), standby, e.getMessage());
        }
    }

    /** The log that the tap has begun with this session, if it has. */
    Optional<ChangeLog> sessionLog(long session) {
        if (log.isEmpty() || log.get().session() != session) {
            openLog();
        }
        return log.filter(found -> found.session() == session && found.wasPrimary());
    }

    /** How the standby's copy is brought up to date. */
    void agree(DiskAgreement agreed) throws IOException {
        if (agreed.plan() == DiskPlan.NONE) {
            throw new IOException("disk " + identity.id() + " is mirrored here, but not on host " + standby);
        }
        agreement = agreed;
    }

    DiskPlan plan() {
        return agreement.plan();
    }

    /** The first round begins; the tap tracks writes already. Returns the bytes to look at. */
    long begin() {
        extents.clearAll();
        if (agreement.plan() != DiskPlan.DELTA) {
            LOG.info(
                    "Disk {} ({} MiB): host {} {}",
                    identity.id(),
                    identity.sizeBytes() >> 20,
                    standby,
                    agreement.plan() == DiskPlan.COPY
                            ? "has an empty copy, all of it is sent"
                            : "has a copy that may differ anywhere, the two are compared");
            return identity.sizeBytes();
        }
        delta = agreement.changes().clone();
        long count = 0;
        for (int i = 0; i < delta.length; i++) {
            delta[i] |= log.isPresent() ? log.get().word(i) : -1L;
            count += Long.bitCount(delta[i]);
        }
        LOG.info(
                "Disk {} ({} MiB): {} KiB may differ from the copy of host {} and are sent",
                identity.id(),
                identity.sizeBytes() >> 20,
                count * DiskExtents.EXTENT_BYTES >> 10,
                standby);
        return Math.min(identity.sizeBytes(), count * DiskExtents.EXTENT_BYTES);
    }

    /** Bytes that are marked at present. */
    long dirtyBytes() {
        return extents.count() * DiskExtents.EXTENT_BYTES;
    }

    /** Sends all of the disk. */
    void sendAll(PageFrames.Sink sink, LongConsumer advanced) throws IOException {
        sendRange(0, identity.sizeBytes(), sink, advanced);
    }

    /** Sends what the change logs of the two hosts name. */
    void sendDelta(PageFrames.Sink sink, LongConsumer advanced) throws IOException {
        for (int i = 0; i < delta.length; i++) {
            sendExtents(i * 64L, delta[i], sink, advanced);
        }
    }

    /** Sends what is marked, and unmarks it. */
    void sendDirty(PageFrames.Sink sink, LongConsumer advanced) throws IOException {
        for (long word = 0; word < extents.words(); word++) {
            sendExtents(word * 64, extents.takeWord(word), sink, advanced);
        }
    }

    /**
     * Sends extents.
     *
     * @param first the one that the lowest bit stands for
     * @param word one bit for each extent that is to be sent
     */
    void sendExtents(long first, long word, PageFrames.Sink sink, LongConsumer advanced) throws IOException {
        long bits = word;
        while (bits != 0) {
            int from = Long.numberOfTrailingZeros(bits);
            int count = Math.min(64 - from, Long.numberOfTrailingZeros(~(bits >>> from)));
            bits = from + count == 64 ? 0 : bits >>> (from + count) << (from + count);
            long begin = (first + from) * DiskExtents.EXTENT_BYTES;
            long end = Math.min(identity.sizeBytes(), begin + (long) count * DiskExtents.EXTENT_BYTES);
            sendRange(begin, end, sink, advanced);
        }
    }

    private void sendRange(long begin, long end, PageFrames.Sink sink, LongConsumer advanced) throws IOException {
        long zeroesFrom = begin;
        for (long offset = begin; offset < end; ) {
            long data = Math.min(end, file.nextData(offset));
            advanced.accept(data - offset);
            long hole = data < end ? Math.min(end, file.nextHole(data)) : end;
            for (offset = data; offset < hole; ) {
                int length = (int) Math.min(PIECE_BYTES, hole - offset);
                file.readFully(piece, 0, length, offset);
                if (!piece.isZero(0, length)) {
                    sendZeroes(zeroesFrom, offset, sink);
                    sink.write(new WireMessage.Disk(index, offset, piece.buffer(0, length)));
                    zeroesFrom = offset + length;
                }
                offset += length;
                advanced.accept(length);
            }
        }
        sendZeroes(zeroesFrom, end, sink);
    }

    void sendZeroes(long begin, long end, PageFrames.Sink sink) throws IOException {
        if (end > begin) {
            sink.write(new WireMessage.DiskZero(index, begin, end - begin));
        }
    }

    /** The content, for {@link DiskComparison}. */
    BlockFile file() {
        return file;
    }

    /** Makes what has been written to the disk durable. Any thread. */
    void flush() throws IOException {
        file.flush();
    }

    @Override
    public void close() {
        log.ifPresent(ChangeLog::close);
        file.close();
        extents.close();
        piece.close();
    }
}
