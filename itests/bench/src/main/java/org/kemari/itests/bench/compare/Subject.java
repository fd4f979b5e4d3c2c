package org.kemari.itests.bench.compare;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.kemari.itests.bench.Guest;
import org.kemari.itests.guest.GuestControl;

/** A guest that is up, in one mode. It has an ext4 disk at {@code /data} and a raw one, {@code /dev/vdb}. */
interface Subject extends AutoCloseable {
    Mode mode();

    String address();

    GuestControl control();

    /** The guest as Kemari's hosts know it, if they do. */
    Optional<Guest> guest();

    default GuestShell shell() {
        return new GuestShell(address());
    }

    @Override
    void close() throws IOException, TimeoutException;
}
