package org.kemari.statetransfer.internal.incoming;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.kemari.api.domain.DiskDefinition;
import org.kemari.api.domain.DiskMode;
import org.kemari.api.domain.DomainPaths;
import org.kemari.api.transfer.DomainIdentity;
import org.kemari.api.transfer.StandbySlot;
import org.kemari.linux.BlockFile;
import org.kemari.linux.Fd;
import org.kemari.linux.NativeMemory;
import org.kemari.linux.OpenMode;
import org.kemari.statetransfer.internal.wire.DiskPlan;
import org.kemari.statetransfer.internal.wire.Limits;
import org.kemari.statetransfer.internal.wire.PageRuns;
import org.kemari.statetransfer.internal.wire.WireMessage;

/** The standby's copy of a guest: its RAM file and its mirrored disks. Used by one thread at a time. */
final class Image implements AutoCloseable {
    /** Fewer zero pages than this are written; more make a hole. */
    private static final long HOLE_PAGES = 16;

    private final ByteBuffer zeroes = ByteBuffer.allocateDirect((int) HOLE_PAGES << PageRuns.PAGE_SHIFT);
    private final NativeMemory memory;
    private final BlockFile ramFile;
    private final List<BlockFile> mirrored;
    private final List<BlockFile> byIndex;
    private final Limits limits;

    private Image(NativeMemory memory, BlockFile ramFile, List<BlockFile> byIndex, Limits limits) {
        this.memory = memory;
        this.ramFile = ramFile;
        this.byIndex = byIndex;
        this.mirrored = byIndex.stream().filter(disk -> disk != null).toList();
        this.limits = limits;
    }

    /**
     * Opens the RAM file and the mirrored disks.
     *
     * @param retained whether the RAM file is to stay as it is; otherwise it is made all zero (the primary sends only what
     *     is not)
     * @throws IOException if one is not there or smaller than the primary's; the message names it
     */
    static Image open(DomainIdentity identity, StandbySlot slot, boolean retained) throws IOException {
        DomainPaths paths = slot.paths();
        List<BlockFile> disks = new ArrayList<>();
        BlockFile ramFile = BlockFile.open(paths.ramFile(), false);
        try {
            if (ramFile.size() != identity.memoryBytes()) {
                throw new IOException("the RAM file " + paths.ramFile() + " has " + ramFile.size()
                        + " bytes, the guest on the primary " + identity.memoryBytes());
            }
            List<Long> sizes = new ArrayList<>();
            for (DomainIdentity.Disk theirs : identity.disks()) {
                BlockFile disk = openMirrored(theirs, slot);
                disks.add(disk);
                sizes.add(disk == null ? 0L : theirs.sizeBytes());
            }
            if (!retained) {
                ramFile.writeZeroes(0, identity.memoryBytes(), true);
            }
            try (Fd fd = Fd.open(paths.ramFile(), OpenMode.READ_WRITE)) {
                NativeMemory memory = NativeMemory.map(fd, 0, identity.memoryBytes(), true);
                return new Image(
                        memory, ramFile, disks, new Limits(identity.memoryBytes() >> PageRuns.PAGE_SHIFT, sizes));
            }
        } catch (IOException | RuntimeException e) {
            ramFile.close();
            disks.stream().filter(disk -> disk != null).forEach(BlockFile::close);
            throw e;
        }
    }

    /** The copy of a disk on this host, or null if the hosts share it or never write it. */
    private static BlockFile openMirrored(DomainIdentity.Disk theirs, StandbySlot slot) throws IOException {
        DiskDefinition ours = slot.definition().disks().stream()
                .filter(disk -> disk.id().equals(theirs.id()))
                .findFirst()
                .orElseThrow(() -> new IOException("disk " + theirs.id() + " of the primary is not defined here"));
        if (ours.mode() != DiskMode.MIRRORED) {
            return null;
        }
        BlockFile disk = BlockFile.open(ours.path(), false);
        if (disk.size() < theirs.sizeBytes()) {
            long size = disk.size();
            disk.close();
            throw new IOException("disk " + theirs.id() + " (" + ours.path() + ") has " + size
                    + " bytes, the primary's " + theirs.sizeBytes());
        }
        return disk;
    }

    /** How the disks are brought up to date. */
    List<DiskPlan> plans() {
        return byIndex.stream()
                .map(disk -> disk == null ? DiskPlan.NONE : DiskPlan.COPY)
                .toList();
    }

    Limits limits() {
        return limits;
    }

    /** Carries out one message that was checked against {@link #limits}. Leaves its buffers as they are. */
    void apply(WireMessage change) throws IOException {
        if (change instanceof WireMessage.Pages pages) {
            writePages(pages);
        } else if (change instanceof WireMessage.Disk disk) {
            byIndex.get(disk.disk()).write(disk.data().duplicate(), disk.offset());
        } else if (change instanceof WireMessage.DiskZero zero) {
            byIndex.get(zero.disk()).writeZeroes(zero.offset(), zero.length(), true);
        } else {
            throw new IllegalArgumentException("not a change: " + change);
        }
    }

    private void writePages(WireMessage.Pages pages) throws IOException {
        ByteBuffer data = pages.data().duplicate();
        int at = data.position();
        try {
            for (int i = 0; i < PageRuns.count(pages.runs()); i++) {
                if (PageRuns.isZero(pages.runs(), i)) {
                    writeZeroes(PageRuns.first(pages.runs(), i), PageRuns.length(pages.runs(), i));
                    continue;
                }
                int bytes = PageRuns.length(pages.runs(), i) << PageRuns.PAGE_SHIFT;
                data.position(at).limit(at + bytes);
                memory.copyFrom(PageRuns.first(pages.runs(), i) << PageRuns.PAGE_SHIFT, data);
                data.limit(data.capacity());
                at += bytes;
            }
        } catch (InternalError e) {
            // what a fault in a mapped file becomes, as long as it is Java that copies and not a native function
            throw new IOException("the RAM file cannot be written; is its file system full?", e);
        }
    }

    private void writeZeroes(long firstPage, long pages) throws IOException {
        long offset = firstPage << PageRuns.PAGE_SHIFT;
        long length = pages << PageRuns.PAGE_SHIFT;
        if (pages >= HOLE_PAGES) {
            ramFile.writeZeroes(offset, length, true);
            return;
        }
        memory.copyFrom(offset, zeroes.clear().limit((int) length));
    }

    /** Makes what was written to the mirrored disks durable. */
    void flushDisks() throws IOException {
        for (BlockFile disk : mirrored) {
            disk.flush();
        }
    }

    @Override
    public void close() {
        memory.close();
        ramFile.close();
        mirrored.forEach(BlockFile::close);
    }
}
