package org.kemari.api.transfer;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.hypervisor.VirtualMachine;
import org.kemari.api.tap.DomainTap;

/**
 * One attempt at protection, on the primary. One thread, the domain's conductor, calls everything but {@link #progress},
 * {@link #status} and {@link #close}. Any {@link IOException} means that the session is over.
 */
public interface OutgoingSession extends AutoCloseable {
    /**
     * Sends memory and mirrored disks while the guest runs, round after round, and returns when what is left is small
     * enough for the last round, or no longer shrinks. Blocks; {@link #close} ends it.
     */
    void syncLive(DomainTap tap, Consumer<SyncProgress> progress) throws IOException;

    /** Sends what has been written to the mirrored disks since. Call while all outputs are held; the guest runs. */
    void syncDisks(DomainTap tap) throws IOException;

    /**
     * Pauses the guest, captures, resumes it and sends the checkpoint. Returns when it is sent, not when it is committed.
     *
     * <p>The order: prepare the tap, pause, save the device state and copy the dirty pages at the same time, resume, take
     * the tap's snapshot, transfer. If something fails before the transfer, the guest is running again and the tap's
     * preparation is cancelled.
     *
     * @param epoch one more than the last
     */
    CheckpointReport checkpoint(long epoch, VirtualMachine vm, DomainTap tap) throws IOException;

    /**
     * After a switchover, when the standby has taken over from checkpoint {@code epoch}: notes which pages of the RAM file
     * are no longer those of that checkpoint, so that this host's memory can serve as the beginning of the standby's image
     * ({@code DomainPaths.retainedImage}). The guest has been paused for good.
     *
     * @return whether the memory can be used again; if not, nothing is noted
     */
    boolean retain(long epoch);

    /** Tells the standby that the arbiter's record names it now. */
    void sendJoined(OwnershipRecord record) throws IOException;

    /**
     * Tells the standby how this ends.
     *
     * @param farewell why
     * @param detail for people
     */
    void sendFarewell(Farewell farewell, String detail) throws IOException;

    SyncProgress progress();

    TransferStatus status();

    /** Ends the session at once, from any thread. */
    @Override
    void close();

    /** Bounds that a capture found broken, for people; empty in good health. */
    default List<String> warnings() {
        return List.of();
    }
}
