package org.kemari.statetransfer.internal.outgoing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.kemari.api.tap.WrittenAhead;
import org.kemari.api.transfer.DomainIdentity;
import org.kemari.statetransfer.internal.wire.WireMessage;

/** Sends what ran ahead of a checkpoint with it. One thread. */
final class AheadFrames {
    private final DiskNumbers numbers;

    AheadFrames(List<DomainIdentity.Disk> disks) {
        this.numbers = new DiskNumbers(disks);
    }

    void send(WrittenAhead ahead, PageFrames.Sink sink) throws IOException {
        ahead.forEach(new WrittenAhead.Visitor() {
            @Override
            public void written(String disk, long offset, ByteBuffer data) throws IOException {
                sink.write(new WireMessage.Disk(numbers.of(disk), offset, data));
            }

            @Override
            public void cleared(String disk, long offset, long length) throws IOException {
                sink.write(new WireMessage.DiskZero(numbers.of(disk), offset, length));
            }

            @Override
            public void flushed(String disk) throws IOException {
                sink.write(new WireMessage.DiskFlush(numbers.of(disk)));
            }
        });
    }
}
