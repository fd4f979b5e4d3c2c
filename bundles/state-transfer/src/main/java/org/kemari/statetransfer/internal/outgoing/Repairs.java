package org.kemari.statetransfer.internal.outgoing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.kemari.api.tap.DiskExtent;
import org.kemari.api.tap.DomainTap;
import org.kemari.api.transfer.DomainIdentity;
import org.kemari.statetransfer.internal.wire.WireMessage;

/** Sends the primary's content of extents that a guest reset may have left different on the two hosts. One thread. */
final class Repairs {
    private static final int PIECE_BYTES = 1 << 20;

    private final DiskNumbers numbers;
    private final List<DomainIdentity.Disk> disks;
    private ByteBuffer piece = ByteBuffer.allocateDirect(0);

    Repairs(List<DomainIdentity.Disk> disks) {
        this.disks = disks;
        this.numbers = new DiskNumbers(disks);
    }

    void send(List<DiskExtent> extents, DomainTap tap, PageFrames.Sink sink) throws IOException {
        if (extents.isEmpty()) {
            return;
        }
        if (piece.capacity() == 0) {
            piece = ByteBuffer.allocateDirect(PIECE_BYTES);
        }
        for (DiskExtent extent : extents) {
            int index = numbers.of(extent.disk());
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
