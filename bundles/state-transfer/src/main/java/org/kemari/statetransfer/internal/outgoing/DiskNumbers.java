package org.kemari.statetransfer.internal.outgoing;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.kemari.api.transfer.DomainIdentity;

/** Which numbers the disks that were agreed upon have in frames. */
final class DiskNumbers {
    private final Map<String, Integer> byId;

    DiskNumbers(List<DomainIdentity.Disk> disks) {
        byId = IntStream.range(0, disks.size())
                .boxed()
                .collect(Collectors.toMap(i -> disks.get(i).id(), i -> i));
    }

    /** @throws IOException if the tap speaks of a disk that was not agreed upon */
    int of(String id) throws IOException {
        Integer number = byId.get(id);
        if (number == null) {
            throw new IOException("the tap speaks of a disk " + id + " that was not agreed upon");
        }
        return number;
    }
}
