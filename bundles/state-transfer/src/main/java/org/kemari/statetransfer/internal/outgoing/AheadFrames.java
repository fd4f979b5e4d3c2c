package org.kemari.statetransfer.internal.outgoing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.kemari.api.tap.WrittenAhead;
import org.kemari.api.transfer.DomainIdentity;
import org.kemari.statetransfer.internal.wire.WireMessage;

/** Sends what ran ahead of a checkpoint with it. One thread. */
final class AheadFrames {
    private final Map<String, Integer> indexOf;

    AheadFrames(List<DomainIdentity.Disk> disks) {
        this.indexOf = IntStream.range(0, disks.size())
                .boxed()
                .collect(Collectors.toMap(i -> disks.get(i).id(), i -> i));
    }

    void send(WrittenAhead ahead, PageFrames.Sink sink) throws IOException {
        ahead.forEach(new WrittenAhead.Visitor() {
            @Override
            public void written(String disk, long offset, ByteBuffer data) throws IOException {
                sink.write(new WireMessage.Disk(index(disk), offset, data));
            }

            @Override
            public void cleared(String disk, long offset, long length) throws IOException {
                sink.write(new WireMessage.DiskZero(index(disk), offset, length));
            }

            @Override
            public void flushed(String disk) throws IOException {
                sink.write(new WireMessage.DiskFlush(index(disk)));
            }
        });
    }

    private int index(String disk) throws IOException {
        Integer index = indexOf.get(disk);
        if (index == null) {
            throw new IOException("disk " + disk + " ran ahead, which was not agreed upon");
        }
        return index;
    }
}
