package org.kemari.statetransfer.internal.incoming;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.kemari.api.domain.DiskDefinition;
import org.kemari.api.domain.DiskMode;
import org.kemari.api.domain.DomainPaths;
import org.kemari.api.transfer.DomainIdentity;
import org.kemari.api.transfer.StandbyOffer;
import org.kemari.api.transfer.StandbySlot;
import org.kemari.linux.BlockFile;
import org.kemari.linux.Fd;
import org.kemari.linux.NativeMemory;
import org.kemari.linux.OpenMode;
import org.kemari.statetransfer.internal.wire.DiskBase;
import org.kemari.statetransfer.internal.wire.DiskPlan;
import org.kemari.statetransfer.internal.wire.Limits;
import org.kemari.statetransfer.internal.wire.PageRuns;
import org.kemari.statetransfer.internal.wire.WireMessage;

/** The standby's copy of a guest: its RAM file and its mirrored disks. Used by one thread at a time. */
final class Image implements AutoCloseable {
    /** Fewer zero pages than this are written; more make a hole. */
    private static final long HOLE_PAGES = 16;

    private final ByteBuffer zeroes = ByteBuffer.allocateDirect((int) HOLE_PAGES << PageRuns.PAGE_SHIFT);
    private final PageDeltas pageDeltas = new PageDeltas();
    private final NativeMemory memory;
    private final BlockFile ramFile;
    private final List<Optional<StandbyDisk>> byIndex;
    private final List<StandbyDisk> disks;
    private final Limits limits;

    private Image(NativeMemory memory, BlockFile ramFile, List<Optional<StandbyDisk>> byIndex, Limits limits) {
        this.memory = memory;
        this.ramFile = ramFile;
        this.byIndex = byIndex;
        this.disks = byIndex.stream().flatMap(Optional::stream).toList();
        this.limits = limits;
    }

    /**
     * Opens the RAM file and the mirrored disks.
     *
     * @param bases what the primary's change logs are good for, one for each disk of the identity
     * @param retained whether the RAM file is to stay as it is; otherwise it is made all zero (the primary sends only what
     *     is not)
     * @throws IOException if one is not there or smaller than the primary's; the message names it
     */
    static Image open(StandbyOffer offer, List<DiskBase> bases, StandbySlot slot, boolean retained) throws IOException {
        DomainIdentity identity = offer.identity();
        DomainPaths paths = slot.paths();
        List<Optional<StandbyDisk>> disks = new ArrayList<>();
        BlockFile ramFile = BlockFile.open(paths.ramFile(), false);
        try {
            if (ramFile.size() != identity.memoryBytes()) {
                throw new IOException("the RAM file " + paths.ramFile() + " has " + ramFile.size()
                        + " bytes, the guest on the primary " + identity.memoryBytes());
            }
            List<Long> sizes = new ArrayList<>();
            for (int i = 0; i < identity.disks().size(); i++) {
                disks.add(openMirrored(i, offer, bases.get(i), slot));
                sizes.add(disks.get(i).isPresent() ? identity.disks().get(i).sizeBytes() : 0L);
            }
            if (!retained) {
                ramFile.writeZeroes(0, identity.memoryBytes(), true);
            }
            try (Fd fd = Fd.open(paths.ramFile(), OpenMode.READ_WRITE)) {
                NativeMemory memory = NativeMemory.map(fd, 0, identity.memoryBytes(), true)
                        .countFor(identity.domain(), "the standby's image of guest memory");
                return new Image(
                        memory, ramFile, disks, new Limits(identity.memoryBytes() >> PageRuns.PAGE_SHIFT, sizes));
            }
        } catch (IOException | RuntimeException e) {
            ramFile.close();
            disks.stream().flatMap(Optional::stream).forEach(StandbyDisk::close);
            throw e;
        }
    }

    /** The copy of a disk on this host; none if the hosts share it. */
    private static Optional<StandbyDisk> openMirrored(int index, StandbyOffer offer, DiskBase base, StandbySlot slot)
            throws IOException {
        DomainIdentity.Disk theirs = offer.identity().disks().get(index);
        DiskDefinition ours = slot.definition().disks().stream()
                .filter(disk -> disk.id().equals(theirs.id()))
                .findFirst()
                .orElseThrow(() -> new IOException("disk " + theirs.id() + " of the primary is not defined here"));
        return ours.mode() == DiskMode.MIRRORED
                ? Optional.of(StandbyDisk.open(index, theirs, base, ours, slot.paths(), offer.primary()))
                : Optional.empty();
    }

    /** How the disks are brought up to date. */
    List<DiskPlan> plans() {
        return byIndex.stream()
                .map(disk -> disk.map(StandbyDisk::plan).orElse(DiskPlan.NONE))
                .toList();
    }

    List<StandbyDisk> disks() {
        return disks;
    }

    /** The live sync begins: its writes are not what was committed in any session. */
    void beginSync() throws IOException {
        for (StandbyDisk disk : disks) {
            disk.begin();
        }
    }

    /** The first checkpoint is about to be applied: after it the two hosts' disks are equal but for what is pending. */
    void beginSession(long session) throws IOException {
        flushDisks();
        disks.forEach(disk -> disk.beginLog(session));
    }

    /** Answers what the primary's disk holds; the disk was checked against {@link #limits}. */
    WireMessage compare(WireMessage.DiskDigests digests) throws IOException {
        return byIndex.get(digests.disk()).orElseThrow().compare(digests);
    }

    Limits limits() {
        return limits;
    }

    /** Carries out one message that was checked against {@link #limits}. Leaves its buffers as they are. */
    void apply(WireMessage change) throws IOException {
        if (change instanceof WireMessage.Pages pages) {
            writePages(pages);
        } else if (change instanceof WireMessage.PageDeltas deltas) {
            changePages(deltas);
        } else if (change instanceof WireMessage.Disk disk) {
            byIndex.get(disk.disk()).orElseThrow().write(disk.data().duplicate(), disk.offset());
        } else if (change instanceof WireMessage.DiskZero zero) {
            byIndex.get(zero.disk()).orElseThrow().clear(zero.offset(), zero.length());
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
            throw notWritable(e);
        }
    }

    private void changePages(WireMessage.PageDeltas deltas) throws IOException {
        try {
            pageDeltas.apply(deltas, memory);
        } catch (InternalError e) {
            throw notWritable(e);
        }
    }

    /** What a fault in a mapped file becomes, as long as it is Java that copies and not a native function. */
    private static IOException notWritable(InternalError e) {
        return new IOException("the RAM file cannot be written; is its file system full?", e);
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

    /** The ids of disks; their numbers were checked against {@link #limits}. */
    Set<String> ids(Set<Integer> numbers) {
        return numbers.stream()
                .map(number -> byIndex.get(number).orElseThrow().id())
                .collect(Collectors.toSet());
    }

    /** Makes what was written to the mirrored disks durable. */
    void flushDisks() throws IOException {
        for (StandbyDisk disk : disks) {
            disk.flush();
        }
    }

    @Override
    public void close() {
        memory.close();
        ramFile.close();
        disks.forEach(StandbyDisk::close);
    }
}
