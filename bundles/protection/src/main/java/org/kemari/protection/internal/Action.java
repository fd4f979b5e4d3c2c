package org.kemari.protection.internal;

import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.transfer.Farewell;

/** What a state machine wants done, in the order in which it says so. */
sealed interface Action {
    /** Whether it ends something, and so is to be carried out whatever has happened to an action before it. */
    default boolean ends() {
        return false;
    }

    /** Ask the arbiter; answered by {@link Event.ClaimEnded}. */
    record Ask(Claim claim) implements Action {}

    /** Start hypervisor and tap and let the guest run; answered by {@code Launched} or {@code LaunchFailed}. */
    record Launch() implements Action {}

    /** Answered by {@code SessionOpened} or {@code SessionEnded}. */
    record OpenSession(String standby, long session) implements Action {}

    /** Answered by {@code SyncDone} or {@code SessionEnded}. */
    record SyncLive() implements Action {}

    /** Answered by {@code OutputsHeld} or {@code SessionEnded}. */
    record HoldOutputs() implements Action {}

    /** Outputs are held: log from now on what may differ from the standby's disks; {@code SessionEnded} if it fails. */
    record LogChanges(String standby, long session) implements Action {}

    /** Whether requests that a disk fails are kept for the host that takes over. */
    record KeepFailed(boolean on) implements Action {}

    /** Wait until what was let out has been executed; answered by {@code Drained} or {@code SessionEnded}. */
    record Drain() implements Action {}

    /** Answered by {@code CheckpointSent} or {@code SessionEnded}. */
    record TakeCheckpoint(long epoch) implements Action {}

    record Release(long epoch) implements Action {}

    /** Outputs are held: mirrored disks need not wait any more; {@code SessionEnded} if it fails. */
    record RunAhead(String standby, long session) implements Action {}

    record PassThrough() implements Action {}

    record SendJoined(OwnershipRecord record) implements Action {}

    record SayFarewell(Farewell farewell, String detail) implements Action {}

    record CloseSession() implements Action {
        @Override
        public boolean ends() {
            return true;
        }
    }

    /** Nobody depends on this controller any more: guest and tap can be left to themselves. */
    record Leave() implements Action {}

    /** Ask the guest to power itself off. */
    record PowerDown() implements Action {}

    /** End tap, then hypervisor: nothing is executed any more. */
    record Destroy() implements Action {
        @Override
        public boolean ends() {
            return true;
        }
    }

    /** As {@link Destroy}, but the memory is kept, as the beginning of an image, if it still can be told what it holds. */
    record Retire(long epoch) implements Action {
        @Override
        public boolean ends() {
            return true;
        }
    }

    /** Standby: make sure that this host executes nothing any more; {@code Fenced} or {@code FenceFailed} follows. */
    record Fence(String host) implements Action {}

    /** Standby: finish the image, load it and let the guest run; {@code TakeoverFailed} if that fails. */
    record TakeOver(OwnershipRecord record, String reason) implements Action {}

    /** Standby: the image is of no use any more. */
    record Abandon(String reason) implements Action {
        @Override
        public boolean ends() {
            return true;
        }
    }
}
