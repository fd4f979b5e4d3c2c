package org.kemari.statetransfer.internal.incoming;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.transfer.Farewell;

/**
 * What the receiving thread hands to the applying one, and the point at which a checkpoint counts as committed: it is
 * committed when {@link #commit} has taken it, and {@link #stop} decides for all who come later that they are not.
 */
final class ApplyQueue {
    /** Committed checkpoints that wait while another is being applied. More make the primary wait. */
    private static final int MAX_WAITING = 1;

    private final Deque<Item> items = new ArrayDeque<>();
    private int waitingCheckpoints;
    private boolean stopped;
    private boolean complete;
    private boolean newsInHand;
    private boolean farewell;

    /** One thing to do. */
    sealed interface Item {
        record Apply(StagedCheckpoint checkpoint) implements Item {}

        record Join(OwnershipRecord record) implements Item {}

        record SayFarewell(Farewell farewell, String detail) implements Item {}

        /** The primary wants all checkpoints up to this one settled. */
        record Settle(long epoch) implements Item {}

        /** This host's disks have all writes up to this checkpoint, durably. */
        record SettledHere(long epoch) implements Item {}

        /** The primary's have. */
        record SettledThere(long epoch) implements Item {}

        /** Whether the slot is told of it. */
        default boolean isNews() {
            return this instanceof Join || this instanceof SayFarewell;
        }
    }

    /**
     * Commits a checkpoint, waiting while too many are waiting to be applied.
     *
     * @return false if nothing is committed any more
     */
    synchronized boolean commit(StagedCheckpoint checkpoint) throws InterruptedException {
        while (!stopped && waitingCheckpoints >= MAX_WAITING) {
            wait();
        }
        if (stopped) {
            return false;
        }
        waitingCheckpoints++;
        items.add(new Item.Apply(checkpoint));
        notifyAll();
        return true;
    }

    /** Adds something that is no checkpoint; dropped when stopped. */
    synchronized void add(Item item) {
        if (!stopped) {
            items.add(item);
            farewell |= item instanceof Item.SayFarewell;
            notifyAll();
        }
    }

    /** Nothing is committed from now on; what has been committed stays to be done. */
    synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    /** Forgets what has not been begun; {@link #stop} comes before. */
    synchronized void discard(ChunkPool pool) {
        for (Item item : items) {
            if (item instanceof Item.Apply apply) {
                apply.checkpoint().release(pool);
            }
        }
        items.clear();
        waitingCheckpoints = 0;
        notifyAll();
    }

    /** The receiving thread is gone: after what is in the queue comes nothing more. */
    synchronized void complete() {
        stopped = true;
        complete = true;
        notifyAll();
    }

    synchronized boolean isStopped() {
        return stopped;
    }

    /**
     * Whether something that the primary has said is still to be passed on. A good-bye counts for ever: after it comes
     * only the end, which the applying thread tells the reason of.
     */
    synchronized boolean hasNews() {
        return newsInHand || farewell || items.stream().anyMatch(Item::isNews);
    }

    /** Waits for the next thing to do; empty when there will be none. The one before has been done. */
    synchronized Optional<Item> next() throws InterruptedException {
        newsInHand = false;
        while (items.isEmpty() && !complete) {
            wait();
        }
        Optional<Item> item = Optional.ofNullable(items.poll());
        if (item.isPresent() && item.get() instanceof Item.Apply) {
            waitingCheckpoints--;
            notifyAll();
        } else {
            newsInHand = item.isPresent() && item.get().isNews();
        }
        return item;
    }
}
