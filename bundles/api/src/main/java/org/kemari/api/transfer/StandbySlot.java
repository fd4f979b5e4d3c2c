package org.kemari.api.transfer;

import java.io.IOException;
import java.util.Optional;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.domain.DomainPaths;

/**
 * A place for a domain on the standby. Called by the incoming session on its own threads, one call at a time but for
 * {@link #ended}.
 */
public interface StandbySlot {
    /** The domain on this host. */
    DomainDefinition definition();

    /** Where its files live on this host; the RAM file is there. */
    DomainPaths paths();

    /**
     * The checkpoint that the RAM file still holds after a switchover, but for the pages that {@code
     * DomainPaths.retainedImage} names and those that this process may have written while it started.
     */
    Optional<ImageId> retained();

    /** The hypervisor process that waits for the image. */
    long pid();

    /**
     * A checkpoint is committed (the acknowledgement is on its way) and its pages are in the image. Called before the
     * next one is applied; executes the pending writes on mirrored disks.
     *
     * @throws IOException if that failed: the session ends and the image counts no more
     */
    void applied(CommittedCheckpoint checkpoint) throws IOException;

    /** The primary says that the arbiter's record names this host now. */
    void joined(OwnershipRecord record);

    /** The primary says good-bye; {@link #ended} follows. */
    void farewell(Farewell farewell, String detail);

    /**
     * A committed checkpoint could not be applied: what is here is no state of the guest any more. Called once at most,
     * before {@link #ended}.
     *
     * @param reason for people
     */
    void imageLost(String reason);

    /**
     * The session is over. Called once, whoever ended it.
     *
     * @param reason for people
     */
    void ended(String reason);
}
