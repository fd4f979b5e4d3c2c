package org.kemari.virtio.ring;

import java.lang.invoke.VarHandle;
import org.kemari.linux.NativeMemory;

/**
 * The device's side of one split ring.
 *
 * <p>A device takes requests with {@link #pop}, completes them in any order with {@link #pushUsed}, shows completions to
 * the driver with {@link #publish} and then asks {@link #shouldNotify} whether to signal it. Before it goes to sleep it
 * calls {@link #enableNotifications} and goes on if that returns {@code true}. Not thread-safe.
 */
public final class Virtqueue {
    private static final int AVAIL_NO_INTERRUPT = 1;
    private static final short USED_NO_NOTIFY = 1;
    private static final int INDEX = 2;
    private static final int MASK = 0xffff;

    private final GuestMemory guest;
    private final RingLayout layout;
    private final int size;
    private final boolean eventIndex;
    private final boolean indirect;
    private final NativeMemory descriptors;
    private final long descriptorsAt;
    private final NativeMemory avail;
    private final long availAt;
    private final NativeMemory used;
    private final long usedAt;
    private final long usedFileOffset;

    private int nextAvail;
    private int nextUsed;
    private int published;
    private int signalled;
    private boolean signalledKnown;

    /**
     * @param layout where the ring is
     * @param features negotiated features, see {@link RingFeatures}
     * @param availIndex next entry of the available ring to take, 0 to 65535
     * @throws RingException if the ring is misaligned or not in guest memory, or if the used index in it does not go
     *     together with {@code availIndex}
     */
    public Virtqueue(GuestMemory guest, RingLayout layout, long features, int availIndex) throws RingException {
        this(guest, layout, features);
        position(availIndex);
    }

    private Virtqueue(GuestMemory guest, RingLayout layout, long features) throws RingException {
        layout.check();
        this.guest = guest;
        this.layout = layout;
        size = layout.size();
        eventIndex = RingFeatures.has(features, RingFeatures.EVENT_IDX);
        indirect = RingFeatures.has(features, RingFeatures.INDIRECT_DESC);
        GuestMemory.Region region = area(guest, "descriptor table", layout.descriptorTable(), layout.descriptorBytes());
        descriptors = region.memory();
        descriptorsAt = region.memoryOffset() + (layout.descriptorTable() - region.guestAddress());
        region = area(guest, "available ring", layout.availRing(), layout.availBytes(eventIndex));
        avail = region.memory();
        availAt = region.memoryOffset() + (layout.availRing() - region.guestAddress());
        region = area(guest, "used ring", layout.usedRing(), layout.usedBytes(eventIndex));
        used = region.memory();
        usedAt = region.memoryOffset() + (layout.usedRing() - region.guestAddress());
        usedFileOffset = region.fileOffset() + (layout.usedRing() - region.guestAddress());
        nextUsed = used.getShortAcquire(usedAt + INDEX) & MASK;
        published = nextUsed;
    }

    /**
     * The ring of a device whose last life ended without an answer to where it was: {@code availIndex} is what the front
     * end has read from the used ring then. If more has been completed since, the ring goes on after that.
     *
     * @throws RingException as the constructor does
     */
    public static Virtqueue afterLoss(GuestMemory guest, RingLayout layout, long features, int availIndex)
            throws RingException {
        Virtqueue queue = new Virtqueue(guest, layout, features);
        int completedSince = (queue.nextUsed - availIndex) & MASK;
        queue.position(completedSince <= layout.size() ? queue.nextUsed : availIndex);
        return queue;
    }

    private static GuestMemory.Region area(GuestMemory guest, String what, long address, long bytes)
            throws RingException {
        try {
            return guest.regionOf(address, bytes);
        } catch (RingException e) {
            throw new RingException(what + ": " + e.getMessage());
        }
    }

    public RingLayout layout() {
        return layout;
    }

    /** Number of descriptors. */
    public int size() {
        return size;
    }

    /** Next entry of the available ring that {@link #pop} takes, 0 to 65535. */
    public int availIndex() {
        return nextAvail;
    }

    /** Next entry of the used ring that {@link #pushUsed} writes, 0 to 65535. */
    public int usedIndex() {
        return nextUsed;
    }

    /** Number of requests taken and not completed. */
    public int inFlight() {
        return (nextAvail - nextUsed) & MASK;
    }

    /**
     * Goes on at another entry of the available ring.
     *
     * @throws RingException if that would mean more requests in flight than the ring has descriptors
     */
    public void position(int availIndex) throws RingException {
        int open = (availIndex - nextUsed) & MASK;
        if (open > size) {
            throw new RingException("available index " + (availIndex & MASK) + " and used index " + nextUsed
                    + " do not go together in a ring of " + size);
        }
        nextAvail = availIndex & MASK;
    }

    /**
     * Number of requests that can be taken.
     *
     * @throws RingException if the driver's index is further ahead than the ring has entries
     */
    public int available() throws RingException {
        int index = avail.getShortAcquire(availAt + INDEX) & MASK;
        int ahead = (index - nextAvail) & MASK;
        if (ahead > size) {
            throw new RingException(
                    "available index jumped from " + nextAvail + " to " + index + " in a ring of " + size);
        }
        return ahead;
    }

    /**
     * Takes the next request.
     *
     * @return {@code false} if there is none
     * @throws RingException if the request is malformed; it has not been taken then
     */
    public boolean pop(DescriptorChain chain) throws RingException {
        if (available() == 0) {
            return false;
        }
        if (inFlight() >= size) {
            throw new RingException("more requests than the ring of " + size + " has descriptors");
        }
        load(entry(nextAvail), chain);
        nextAvail = (nextAvail + 1) & MASK;
        return true;
    }

    /** Head in the available ring at an index that has been, or can be, taken. Not checked against the ring's size. */
    public int entry(int availIndex) {
        long slot = RingLayout.RING_HEADER_BYTES + (long) (availIndex & (size - 1)) * RingLayout.AVAIL_ENTRY_BYTES;
        return avail.getShort(availAt + slot) & MASK;
    }

    /** Reads the request with this head, without taking anything: for requests known to be in flight. */
    public void load(int head, DescriptorChain chain) throws RingException {
        if (head < 0 || head >= size) {
            throw new RingException("head " + head + " is beyond the table of " + size);
        }
        chain.parse(guest, descriptors, descriptorsAt, size, head, indirect);
    }

    /**
     * Completes a request. The driver does not see it before {@link #publish}.
     *
     * @param head of the request
     * @param length number of bytes written to its writable buffers
     * @throws IllegalStateException if no request is in flight
     */
    public void pushUsed(int head, long length) {
        if (inFlight() == 0) {
            throw new IllegalStateException("no request in flight");
        }
        long slot = slot(nextUsed);
        guest.markDirty(usedFileOffset + slot, RingLayout.USED_ENTRY_BYTES);
        used.putInt(usedAt + slot, head);
        used.putInt(usedAt + slot + 4, (int) Math.min(length, 0xffffffffL));
        nextUsed = (nextUsed + 1) & MASK;
    }

    private long slot(int usedIndex) {
        return RingLayout.RING_HEADER_BYTES + (long) (usedIndex & (size - 1)) * RingLayout.USED_ENTRY_BYTES;
    }

    /** Shows the driver all completions so far. */
    public void publish() {
        int count = (nextUsed - published) & MASK;
        if (count == 0) {
            return;
        }
        guest.markDirty(usedFileOffset, RingLayout.RING_HEADER_BYTES);
        used.putShortRelease(usedAt + INDEX, (short) nextUsed);
        guest.markDirty(usedFileOffset, RingLayout.RING_HEADER_BYTES);
        int first = published & (size - 1);
        int upToEnd = Math.min(count, size - first);
        guest.markDirty(usedFileOffset + slot(first), (long) upToEnd * RingLayout.USED_ENTRY_BYTES);
        guest.markDirty(usedFileOffset + slot(0), (long) (count - upToEnd) * RingLayout.USED_ENTRY_BYTES);
        published = nextUsed;
        if (((nextUsed - signalled) & MASK) < count) {
            // All the way round without a signal: the distance to the last one says nothing any more.
            signalledKnown = false;
        }
    }

    /**
     * Whether the driver wants to be signalled for what has been published since it was last signalled. If so, it counts as
     * signalled from now on: whoever calls this must do it, or remember to.
     */
    public boolean shouldNotify() {
        // The index must be visible before we look whether the driver waits for it: it does the same the other way
        // round.
        VarHandle.fullFence();
        if (!eventIndex) {
            return (avail.getShort(availAt) & AVAIL_NO_INTERRUPT) == 0;
        }
        int event = avail.getShort(availAt + layout.availBytes(false)) & MASK;
        // The index moves only together with a signal. A driver that arms its event late is signalled too often then,
        // at
        // worst; the other way round it would wait for ever.
        boolean wanted = !signalledKnown || reached(event, published, signalled);
        if (wanted) {
            signalled = published;
            signalledKnown = true;
        }
        return wanted;
    }

    /** Whether moving an index from {@code from} to {@code to} passed over {@code event} (virtio 1.2, 2.7.7.1). */
    static boolean reached(int event, int to, int from) {
        return ((to - event - 1) & MASK) < ((to - from) & MASK);
    }

    /** Tells the driver that it need not kick: we are looking anyway. */
    public void disableNotifications() {
        if (!eventIndex) {
            putUsedShort(0, USED_NO_NOTIFY);
        }
    }

    /**
     * Asks the driver to kick when it adds a request.
     *
     * @return {@code true} if there are requests already, for which it may not kick
     */
    public boolean enableNotifications() throws RingException {
        if (eventIndex) {
            putUsedShort(layout.usedBytes(false), (short) nextAvail);
        } else {
            putUsedShort(0, (short) 0);
        }
        VarHandle.fullFence();
        return available() > 0;
    }

    private void putUsedShort(long offset, short value) {
        if (used.getShort(usedAt + offset) == value) {
            return;
        }
        guest.markDirty(usedFileOffset + offset, 2);
        used.putShort(usedAt + offset, value);
        guest.markDirty(usedFileOffset + offset, 2);
    }
}
