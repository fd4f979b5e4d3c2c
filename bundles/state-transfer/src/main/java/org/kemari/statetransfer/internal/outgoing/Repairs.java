package org.kemari.statetransfer.internal.outgoing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.kemari.api.tap.DiskExtent;
import org.kemari.api.tap.DomainTap;
import org.kemari.api.transfer.DomainIdentity;
import org.kemari.statetransfer.internal.wire.WireMessage;

/** Sends the primary's content of extents that a guest reset may have left different on the two hosts. One thread. */
final class Repairs {
    private static final int PIECE_BYTES = 1 << 20;

    private final Map<String, Integer> indexOf;
    private final List<DomainIdentity.Disk> disks;
    private ByteBuffer piece = ByteBuffer.allocateDirect(0);

    Repairs(List<DomainIdentity.Disk> disks) {
        this.disks = disks;
        this.indexOf = IntStream.range(0, disks.size())
                .boxed()
                .collect(Collectors.toMap(i -> disks.get(i).id(), i -> i));
    }

    void send(List<DiskExtent> extents, DomainTap tap, PageFrames.Sink sink) throws IOException {
        if (extents.isEmpty()) {
            return;
        }
        if (piece.capacity() == 0) {
            piece = ByteBuffer.allocateDirect(PIECE_BYTES);
        }
        for (DiskExtent extent : extents) {
            Integer index = indexOf.get(extent.disk());
            if (index == null) {
                throw new IOException(
                        "the tap asks for the repair of a disk " + extent.disk() + " that was not agreed upon");
            }
            long end =
                    Math.min(extent.offset() + extent.length(), disks.get(index).sizeBytes());
            for (long offset = extent.offset(); offset < end; offset += PIECE_BYTES) {
                int length = (int) Math.min(PIECE_BYTES, end - offset);
                tap.readDisk(
                        new DiskExtent(extent.disk(), offset, length),
                        piece.clear().limit(length));
                sink.write(new WireMessage.Disk(index, offset, piece.flip()));
            }
        }
    }
}
