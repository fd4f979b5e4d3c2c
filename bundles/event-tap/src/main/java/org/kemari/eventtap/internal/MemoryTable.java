package org.kemari.eventtap.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kemari.linux.DirtyBitmap;
import org.kemari.linux.Fd;
import org.kemari.linux.NativeMemory;
import org.kemari.virtio.ring.GuestMemory;
import org.kemari.virtio.ring.RingException;
import org.kemari.virtio.vhostuser.VhostUserException;
import org.kemari.virtio.vhostuser.VhostUserMessage.SetMemTable;

/** Guest memory as one front end has described it, mapped. Close it when no request refers to it any more. */
final class MemoryTable implements AutoCloseable {
    private record Piece(Fd.FileId file, long guestAddress, long size, long userAddress, long fileOffset) {}

    private final List<Piece> pieces;
    private final Map<Fd.FileId, NativeMemory> mappings;
    private final GuestMemory guest;

    private MemoryTable(List<Piece> pieces, Map<Fd.FileId, NativeMemory> mappings, GuestMemory guest) {
        this.pieces = pieces;
        this.mappings = mappings;
        this.guest = guest;
    }

    MemoryTable countFor(String domain) {
        mappings.values().forEach(memory -> memory.countFor(domain, "guest memory, for the tap"));
        return this;
    }

    GuestMemory guest() {
        return guest;
    }

    /**
     * The memory that a message describes: the present one if nothing has changed, as after each pause, otherwise a new
     * one. The message's descriptors are left to the caller.
     */
    static MemoryTable of(SetMemTable message, Optional<MemoryTable> present, Optional<DirtyBitmap> dirtyPages)
            throws IOException {
        List<Piece> pieces = new ArrayList<>();
        for (SetMemTable.Region r : message.regions()) {
            Fd.FileId key = r.file().fileId();
            pieces.add(new Piece(key, r.guestAddress(), r.size(), r.userAddress(), r.mmapOffset()));
        }
        if (present.isPresent() && present.get().pieces.equals(pieces)) {
            return present.get();
        }
        Map<Fd.FileId, NativeMemory> mappings = new LinkedHashMap<>();
        try {
            return new MemoryTable(pieces, mappings, map(message, pieces, mappings, dirtyPages));
        } catch (IOException | RuntimeException e) {
            mappings.values().forEach(NativeMemory::close);
            throw e;
        }
    }

    private static GuestMemory map(
            SetMemTable message,
            List<Piece> pieces,
            Map<Fd.FileId, NativeMemory> mappings,
            Optional<DirtyBitmap> dirtyPages)
            throws IOException {
        List<GuestMemory.Region> regions = new ArrayList<>();
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            long end = piece.fileOffset() + piece.size();
            checkMarkable(end, dirtyPages);
            NativeMemory memory = mappings.get(piece.file());
            if (memory == null) {
                memory = mapFile(message.regions().get(i).file(), piece.file(), pieces);
                mappings.put(piece.file(), memory);
            }
            regions.add(new GuestMemory.Region(
                    piece.guestAddress(),
                    piece.size(),
                    piece.userAddress(),
                    piece.fileOffset(),
                    memory,
                    piece.fileOffset()));
        }
        try {
            return new GuestMemory(regions, dirtyPages);
        } catch (RingException e) {
            throw new VhostUserException(e.getMessage());
        }
    }

    private static NativeMemory mapFile(Fd fd, Fd.FileId key, List<Piece> pieces) throws IOException {
        long end = 0;
        for (Piece piece : pieces) {
            if (piece.file().equals(key)) {
                end = Math.max(end, piece.fileOffset() + piece.size());
            }
        }
        if (end > fd.size()) {
            // Touching a mapping beyond the end of its file would end this process.
            throw new VhostUserException("memory regions reach to " + end + " in a file of " + fd.size() + " bytes");
        }
        return NativeMemory.map(fd, 0, end, true);
    }

    private static void checkMarkable(long end, Optional<DirtyBitmap> dirtyPages) throws VhostUserException {
        if (dirtyPages.isPresent() && end > dirtyPages.get().bits() * GuestMemory.PAGE_BYTES) {
            throw new VhostUserException("memory regions reach to " + end + " in the RAM file, the domain has "
                    + dirtyPages.get().bits() * GuestMemory.PAGE_BYTES + " bytes");
        }
    }

    @Override
    public void close() {
        mappings.values().forEach(NativeMemory::close);
    }
}
