package org.kemari.api.tap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

/**
 * The backends of one domain.
 *
 * <p>A new tap passes outputs through. After {@link #hold} they are kept until the epoch they belong to is released: an
 * output taken from its ring before the pause of checkpoint <i>e</i> and after the pause before it belongs to epoch
 * <i>e</i>. Reads and received packets are never held; a read that overlaps a held write waits for it.
 *
 * <p>A checkpoint is: {@link #prepare}, pause the guest, (capture), resume the guest, {@link #snapshot}. Only one thread,
 * the domain's conductor, calls the methods that change something; {@link #release} may come from another thread, at
 * any time up to {@link #close}, also in the middle of a later checkpoint; the others are safe from any thread.
 */
public interface DomainTap extends AutoCloseable {
    /** Set once, before the guest runs. Called on the tap's threads. */
    void setListener(TapListener listener);

    /**
     * From now on outputs are held; when this returns, none is being executed any more.
     *
     * @throws IOException if outputs that had been let out do not finish within the time-out
     */
    void hold(Duration timeout) throws IOException;

    /**
     * From now on, until the next {@link #hold} or {@link #passThrough}, requests to mirrored disks are executed and
     * completed at once; what is held of them already is, too. Packets and shared disks go on being held. Call while outputs
     * are held, the first checkpoint of the session has been released, and the arbiter's record names the standby. A request
     * is held all the same while there is no room to note it in.
     *
     * @param standby the host that {@link #logChanges} was called for
     * @throws IOException if the disks' change logs cannot be written; all goes on being held
     */
    void runAhead(String standby) throws IOException;

    /**
     * What ran ahead in the epoch whose {@link #snapshot} has just been taken. Close it before the next snapshot.
     *
     * @param timeout for what is just being copied
     */
    WrittenAhead takeWrittenAhead(Duration timeout) throws IOException;

    /** Ends holding: all held outputs are executed, later ones pass. */
    void passThrough();

    /**
     * Announces that the pause which follows is a checkpoint's: when the hypervisor stops the rings, everything available
     * is taken from them first, and the in-flight lists are kept for {@link #snapshot}.
     *
     * @param epoch the epoch that ends with this pause, larger than the last one
     */
    void prepare(long epoch);

    /**
     * The rings as they were in the announced pause. Call after the guest has been resumed: only then is it certain that
     * a device which stopped in between was stopped by us and not reset by the guest (a reset device has no rings in the
     * snapshot).
     */
    TapSnapshot snapshot(Duration timeout) throws IOException;

    /**
     * The announced checkpoint did not come about; its outputs belong to the next epoch. If disks {@link #runAhead}, no other
     * one of the same session may follow: what was executed meanwhile is missing in it.
     */
    void cancel();

    /** Lets out all outputs of this epoch and of earlier ones. Returns at once. */
    void release(long epoch);

    /** Number of outputs held and not yet released. */
    int held();

    /**
     * Extents of mirrored disks whose content on the two hosts may differ although no write to them is pending any more
     * (a guest reset dropped writes that had been shipped). Taken: each is returned once. The checkpoint whose {@link
     * #snapshot} has just been taken carries the primary's content of them, as {@link #readDisk} tells it before the next
     * {@link #prepare}: until then nothing runs ahead on these disks.
     */
    List<DiskExtent> takeRepairs();

    /** Notes all extents written from now on in the disks' dirty extent files (for the initial copy). */
    void trackWrites(boolean on);

    /**
     * Takeover: gives the tap the rings of the committed checkpoint, before the hypervisor starts them. When it does, the
     * requests in flight are executed and completed, then the rings are served from where the snapshot ends.
     *
     * @throws IOException if the snapshot does not fit the devices
     */
    void restore(TapSnapshot snapshot) throws IOException;

    /** Brings the TAP devices up, so that frames wait there. Before the guest is resumed, at a takeover also before the rest. */
    void activate() throws IOException;

    /** Tells the network where the guest's MAC addresses are now (RARP). After the guest has been resumed. */
    void announce();

    /**
     * Whether a request that the disk fails is kept, uncompleted, for the host that takes over; off (the beginning): the
     * guest is told of the failure. Turning it off completes what was kept.
     */
    void keepFailed(boolean on);

    /**
     * From now on the extents of mirrored disks that may differ from this peer's copies are logged ({@code
     * DomainPaths.changeLog}): an empty log of this session takes the place of an older one. Call while outputs are held
     * and the two hosts' disks are equal but for what is pending. Logs against other peers go on, also those found when
     * the tap was opened.
     *
     * @param peer the other host
     * @param session the attempt at protection that made the copies equal
     */
    void logChanges(String peer, long session) throws IOException;

    /** Frames copied for the standby, and replayed there. */
    FrameLog frames();

    List<DeviceStatus> status();

    /**
     * Takes leave of a guest that goes on: the backends serve it, outputs pass, and nobody is told anything, until {@link
     * EventTap#adopt}. Outputs must be passing already. Nothing else may be called afterwards.
     */
    void leave();

    /** Ends all backends: held outputs are dropped, not executed; nothing is executed once this has returned. */
    @Override
    void close();

    /** Reads what the disk holds at present; for repairs. */
    void readDisk(DiskExtent extent, ByteBuffer target) throws IOException;
}
