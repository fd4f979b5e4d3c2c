package org.kemari.virtio.ring;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.kemari.api.tap.MemoryRegion;
import org.kemari.linux.DirtyBitmap;
import org.kemari.linux.NativeMemory;

/**
 * The memory of a guest: an immutable layout of guest-physical regions over mapped files, normally one RAM file. Safe for
 * use by many threads. It does not own the mappings: whoever closes one makes sure that nobody works on it any more.
 *
 * <p>Pages that are written through it are marked in a bitmap, where there is one: before the write, so that a crash in
 * between loses nothing, and again after it, because the mark may have been taken meanwhile.
 */
public final class GuestMemory {
    /** What one bit of the bitmap of dirty pages stands for, in bytes. */
    public static final int PAGE_BYTES = 4096;

    private static final int PAGE_SHIFT = 12;

    /**
     * A piece of guest-physical memory.
     *
     * @param guestAddress guest-physical address of its first byte
     * @param size in bytes, more than 0
     * @param userAddress address of its first byte in the hypervisor's process, which vhost-user uses for rings; 0 if
     *     that is of no interest
     * @param fileOffset where it begins in the RAM file
     * @param memory the mapping that holds it
     * @param memoryOffset where it begins in this mapping
     */
    public record Region(
            long guestAddress, long size, long userAddress, long fileOffset, NativeMemory memory, long memoryOffset) {
        public Region {
            Objects.requireNonNull(memory);
        }

        private boolean holds(long base, long address) {
            return address - base >= 0 && address - base < size;
        }
    }

    private final Region[] regions;
    private final List<MemoryRegion> layout;
    private final Optional<DirtyBitmap> dirtyPages;

    /**
     * @param regions in any order
     * @param dirtyPages where to note which pages of the RAM file are written: one bit per {@link #PAGE_BYTES}
     * @throws RingException if regions are empty, overlap or reach beyond their mapping
     */
    public GuestMemory(List<Region> regions, Optional<DirtyBitmap> dirtyPages) throws RingException {
        List<Region> sorted = new ArrayList<>(regions);
        sorted.sort(Comparator.comparingLong(Region::guestAddress));
        long end = 0;
        for (Region region : sorted) {
            check(region, end);
            end = region.guestAddress() + region.size();
        }
        this.regions = sorted.toArray(Region[]::new);
        this.layout = sorted.stream()
                .map(r -> new MemoryRegion(r.guestAddress(), r.size(), r.fileOffset()))
                .toList();
        this.dirtyPages = Objects.requireNonNull(dirtyPages);
    }

    /**
     * Memory of which all regions lie in one mapped file.
     *
     * @param file the whole RAM file
     * @param layout where the regions are in it
     */
    public static GuestMemory ofFile(NativeMemory file, List<MemoryRegion> layout, Optional<DirtyBitmap> dirtyPages)
            throws RingException {
        List<Region> regions = new ArrayList<>();
        for (MemoryRegion r : layout) {
            regions.add(new Region(r.guestAddress(), r.size(), 0, r.fileOffset(), file, r.fileOffset()));
        }
        return new GuestMemory(regions, dirtyPages);
    }

    private static void check(Region r, long previousEnd) throws RingException {
        boolean sane = r.size() > 0
                && r.guestAddress() >= 0
                && r.guestAddress() <= Long.MAX_VALUE - r.size()
                && r.fileOffset() >= 0
                && r.fileOffset() <= Long.MAX_VALUE - r.size();
        if (!sane) {
            throw new RingException("memory region at 0x%x has size 0x%x and file offset 0x%x"
                    .formatted(r.guestAddress(), r.size(), r.fileOffset()));
        }
        if (r.guestAddress() < previousEnd) {
            throw new RingException("memory region at 0x%x overlaps the one before it".formatted(r.guestAddress()));
        }
        if (r.memoryOffset() < 0 || r.memoryOffset() > r.memory().size() - r.size()) {
            throw new RingException("memory region at 0x%x, 0x%x bytes, reaches beyond its file of 0x%x bytes"
                    .formatted(r.guestAddress(), r.size(), r.memory().size()));
        }
    }

    /** The layout, in order of guest addresses. */
    public List<MemoryRegion> layout() {
        return layout;
    }

    /**
     * Translates an address of the hypervisor's process.
     *
     * @throws RingException if no region has it
     */
    public long guestAddressOf(long userAddress) throws RingException {
        for (Region r : regions) {
            if (r.holds(r.userAddress(), userAddress)) {
                return r.guestAddress() + (userAddress - r.userAddress());
            }
        }
        throw new RingException("no memory region has the hypervisor's address 0x%x".formatted(userAddress));
    }

    /**
     * The region that wholly holds a piece of memory.
     *
     * @param address guest-physical
     * @param length in bytes, 0 or more
     * @throws RingException if there is none
     */
    public Region regionOf(long address, long length) throws RingException {
        for (Region r : regions) {
            if (r.holds(r.guestAddress(), address)) {
                if (length < 0 || length > r.size() - (address - r.guestAddress())) {
                    break;
                }
                return r;
            }
        }
        throw outside(address, length);
    }

    /** Appends the pieces of mapped memory that make up a guest-physical range, which may span adjacent regions. */
    void resolve(long address, long length, Segments target) throws RingException {
        long at = address;
        long left = length;
        while (left > 0) {
            Region r = regionOf(at, 0);
            long inRegion = at - r.guestAddress();
            long piece = Math.min(left, r.size() - inRegion);
            target.add(r.memory(), r.memoryOffset() + inRegion, r.fileOffset() + inRegion, piece);
            at += piece;
            left -= piece;
        }
    }

    private static RingException outside(long address, long length) {
        return new RingException("0x%x bytes at 0x%x are not guest memory".formatted(length, address));
    }

    /** Notes that bytes of the RAM file are about to be written, or have been. */
    public void markDirty(long fileOffset, long length) {
        if (length > 0 && dirtyPages.isPresent()) {
            long first = fileOffset >>> PAGE_SHIFT;
            dirtyPages.get().mark(first, ((fileOffset + length - 1) >>> PAGE_SHIFT) - first + 1);
        }
    }
}
