package org.kemari.api.restoration;

import java.io.IOException;
import java.util.Set;
import org.kemari.api.tap.TapSnapshot;

/** The rings in the image of one standby. Used by one thread at a time; {@link #status} from any. */
public interface ImageRings extends AutoCloseable {
    /**
     * Executes the disk writes, discards, write-zeroes and flushes that are pending in this snapshot, and have not been
     * executed for an earlier one, on this host's copies of the mirrored disks. The image must be that of the snapshot.
     *
     * @throws IOException if a request is malformed in a way the primary's tap would not have let pass, or the disk fails
     */
    void executePending(TapSnapshot snapshot) throws IOException;

    /**
     * Begins to make mirrored disks durable; {@link #restore} waits for it.
     *
     * @param disks their ids; others are passed over
     */
    void flush(Set<String> disks);

    /**
     * Checks as {@link #restore} does, but changes nothing: whether this image could be taken over with this snapshot.
     *
     * @throws IOException if it could not; the message names device, ring and fault
     */
    void check(TapSnapshot snapshot) throws IOException;

    /**
     * Checks a snapshot against the image before a takeover: ring addresses, indices, in-flight heads and their
     * descriptor chains.
     *
     * @return the snapshot that the tap is to be given
     * @throws IOException if it cannot be used; the message names device, ring and fault
     */
    TapSnapshot restore(TapSnapshot snapshot) throws IOException;

    RestorationStatus status();

    @Override
    void close();
}
