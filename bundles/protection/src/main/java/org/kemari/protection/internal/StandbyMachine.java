package org.kemari.protection.internal;

import java.util.ArrayList;
import java.util.List;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.protection.DomainState;
import org.kemari.api.transfer.Farewell;

/**
 * The standby's side of the protocol, without I/O, threads or clock: events in, actions out. It loads its image only
 * after a compare-and-set of its own from a record that names this host and this image's session, and, where that is
 * asked for, after the old primary has been fenced.
 */
final class StandbyMachine {
    private final String primary;
    private final long session;
    private final long patienceNanos;
    private final boolean fence;
    private final long fenceRetryNanos;
    private final List<Action> actions = new ArrayList<>();

    private DomainState state = DomainState.RECEIVING;
    private String reason;
    private long generation;
    private long epoch;
    private boolean primaryLost;
    private String claimReason = "";
    private String imageLost = "";
    private boolean asking;
    private long claimAtNanos;
    private long detectedNanos;
    private long decidedNanos;
    private long nowNanos;
    private boolean claimLater;
    private boolean fenceLater;
    private long fenceAtNanos;
    private boolean handedOver;
    private boolean told; // the primary itself has said that it executes nothing any more
    private OwnershipRecord won;

    /**
     * @param patienceNanos how long a primary whose link was lost, but whose heartbeats go on, is given to go on alone
     * @param fence whether a primary that has not itself said that it executes nothing any more is to be fenced
     * @param fenceRetryNanos time between a fencing that failed and the next
     */
    StandbyMachine(
            String primary, long generation, long session, long patienceNanos, boolean fence, long fenceRetryNanos) {
        this.primary = primary;
        this.generation = generation;
        this.session = session;
        this.patienceNanos = patienceNanos;
        this.fence = fence;
        this.fenceRetryNanos = fenceRetryNanos;
        this.reason = "receiving memory and disks from " + primary;
    }

    DomainState state() {
        return state;
    }

    String reason() {
        return reason;
    }

    long generation() {
        return generation;
    }

    long epoch() {
        return epoch;
    }

    /** When the loss that led to the present claim was noticed. */
    long detectedNanos() {
        return detectedNanos;
    }

    /** Whether the primary has asked to be taken over from: it is to be the standby. */
    boolean handedOver() {
        return handedOver;
    }

    /** When the arbiter had said yes. */
    long decidedNanos() {
        return decidedNanos;
    }

    /** Whether the old primary had to be fenced. */
    boolean fenced() {
        return fence && !told;
    }

    /** The session has committed up to this epoch. */
    void committed(long committedEpoch) {
        epoch = Math.max(epoch, committedEpoch);
    }

    /** When {@link Event.Tick} is wanted at the latest; {@link Long#MAX_VALUE} for never. */
    long deadlineNanos() {
        if (state == DomainState.FENCING) {
            return fenceLater ? fenceAtNanos : Long.MAX_VALUE;
        }
        return claimLater ? claimAtNanos : Long.MAX_VALUE;
    }

    /** What is to be done now; valid until the next call. */
    List<Action> handle(Event event, long nowNanos) {
        actions.clear();
        this.nowNanos = nowNanos;
        switch (state) {
            case RECEIVING, READY -> waiting(event, nowNanos);
            case CLAIMING -> claiming(event, nowNanos);
            case FENCING -> fencing(event, nowNanos);
            case TAKING_OVER -> {
                if (event instanceof Event.TakeoverFailed e) {
                    actions.add(new Action.Destroy());
                    enter(DomainState.FAILED, e.reason());
                }
            }
            default -> {}
        }
        return actions;
    }

    private void waiting(Event event, long nowNanos) {
        if (event instanceof Event.Applied e) {
            committed(e.epoch());
        } else if (event instanceof Event.ImageLost e) {
            abandon(e.reason());
        } else if (event instanceof Event.Joined e) {
            if (e.record().session() == session) {
                generation = e.record().generation();
                enter(DomainState.READY, "ready to take over from " + primary);
            }
        } else if (event instanceof Event.PrimarySaid e) {
            primarySaid(e);
        } else if (event instanceof Event.PeerLost e && e.peer().equals(primary)) {
            primaryLost = true;
            gone(e.reason());
        } else if (event instanceof Event.SessionEnded e) {
            if (primaryLost || epoch == 0) {
                gone(e.reason());
            } else {
                claimReason = "the link to " + primary + " is lost: " + e.reason();
                detectedNanos = nowNanos;
                later(nowNanos, patienceNanos);
            }
        } else if (event instanceof Event.TakeoverRequested) {
            claim("asked for by the operator");
        } else if (event instanceof Event.VmExited e) {
            abandon("the waiting hypervisor failed: " + e.exit().detail());
        } else if (claimLater && nowNanos - claimAtNanos >= 0) {
            claim(claimReason);
        }
    }

    private void primarySaid(Event.PrimarySaid e) {
        if (e.farewell() == Farewell.HYPERVISOR_FAILED) {
            told = true;
            claim("the hypervisor failed on " + primary + ": " + e.detail());
        } else if (e.farewell() == Farewell.STORAGE_FAILED) {
            told = true;
            claim("a disk failed on " + primary + ": " + e.detail());
        } else if (e.farewell() == Farewell.SWITCHOVER) {
            told = true;
            handedOver = true;
            claim(e.detail());
        } else if (e.farewell() == Farewell.GUEST_POWERED_OFF) {
            abandon("the guest has powered itself off on " + primary);
        } else if (e.farewell() == Farewell.STOPPED) {
            abandon("stopped on " + primary);
        } else {
            abandon("no longer protected by " + primary + (e.detail().isEmpty() ? "" : ": " + e.detail()));
        }
    }

    private void gone(String why) {
        if (epoch == 0) {
            abandon("no complete image when " + primary + " was lost: " + why);
        } else {
            claim(primary + " is lost: " + why);
        }
    }

    private void claiming(Event event, long nowNanos) {
        if (event instanceof Event.ClaimEnded e) {
            asking = false;
            if (!imageLost.isEmpty()) {
                lostWhileAsking(e.result());
            } else if (e.result() instanceof ClaimResult.Won won) {
                this.won = won.record();
                decidedNanos = nowNanos;
                generation = this.won.generation();
                if (fenced()) {
                    fence("fencing " + primary);
                } else {
                    takeOver();
                }
            } else if (e.result() instanceof ClaimResult.Refused refused) {
                abandon(refused.reason());
            } else if (e.result() instanceof ClaimResult.Open open) {
                enter(DomainState.CLAIMING, claimReason + "; " + open.reason());
                later(nowNanos, Petition.RETRY_NANOS);
            }
        } else if (event instanceof Event.ImageLost e) {
            imageLost = e.reason();
            if (!asking) {
                abandon(imageLost);
            }
        } else if (event instanceof Event.VmExited e) {
            // Not to be mended here; whoever still is there may win the record.
            abandon("the waiting hypervisor failed: " + e.exit().detail());
        } else if (!asking && claimLater && nowNanos - claimAtNanos >= 0) {
            claim(claimReason);
        }
    }

    /** Only who still has an image may claim; a claim that is on its way cannot be called back. */
    private void lostWhileAsking(ClaimResult result) {
        if (result instanceof ClaimResult.Won) {
            fail("the arbiter has said yes, but " + imageLost);
        } else {
            abandon(imageLost);
        }
    }

    private void fencing(Event event, long nowNanos) {
        if (event instanceof Event.Fenced) {
            takeOver();
        } else if (event instanceof Event.TakeoverRequested) {
            claimReason += "; the operator has made sure of the end of " + primary;
            takeOver();
        } else if (event instanceof Event.FenceFailed e) {
            fenceLater = true;
            fenceAtNanos = nowNanos + fenceRetryNanos;
            enter(
                    DomainState.FENCING,
                    claimReason + "; " + primary + " could not be fenced, trying again: " + e.reason()
                            + ". An operator who is sure that it is dead can take over by hand");
        } else if (event instanceof Event.ImageLost e) {
            fail(e.reason());
        } else if (event instanceof Event.VmExited e) {
            fail("the waiting hypervisor failed: " + e.exit().detail());
        } else if (fenceLater && nowNanos - fenceAtNanos >= 0) {
            fence("fencing " + primary + " again");
        }
    }

    private void fence(String what) {
        fenceLater = false;
        enter(DomainState.FENCING, claimReason + "; " + what);
        actions.add(new Action.Fence(primary));
    }

    private void takeOver() {
        enter(DomainState.TAKING_OVER, claimReason);
        actions.add(new Action.TakeOver(won, claimReason));
    }

    private void claim(String why) {
        if (detectedNanos == 0) {
            detectedNanos = nowNanos;
        }
        claimLater = false;
        claimReason = why;
        asking = true;
        enter(DomainState.CLAIMING, why + "; asking the arbiter");
        actions.add(new Action.Ask(new Claim.TakeOver(generation, session)));
    }

    private void later(long nowNanos, long delayNanos) {
        claimLater = true;
        claimAtNanos = nowNanos + delayNanos;
    }

    /** The primary, should it still be there, must not go on with a standby that is none any more. */
    private void fail(String why) {
        actions.add(new Action.Abandon(why));
        actions.add(new Action.Destroy());
        enter(DomainState.FAILED, why);
    }

    private void abandon(String why) {
        actions.add(new Action.Abandon(why));
        actions.add(new Action.Destroy());
        enter(DomainState.STOPPED, why);
    }

    private void enter(DomainState next, String why) {
        state = next;
        reason = why;
    }
}
