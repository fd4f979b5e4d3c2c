package org.kemari.protection.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.domain.ProtectionSettings;
import org.kemari.api.domain.WritePolicy;
import org.kemari.api.hypervisor.VmExit;
import org.kemari.api.protection.DomainState;
import org.kemari.api.transfer.Farewell;

/**
 * The primary's side of the protocol, without I/O, threads or clock: events in, actions out.
 *
 * <p>What makes it safe (DESIGN: output commit, one owner):
 *
 * <ul>
 *   <li>outputs pass only while the proven record names no standby, and no change that would name one is under way;
 *   <li>a join holds first, then takes one more checkpoint, then asks the arbiter;
 *   <li>an epoch is released only when committed in the present session, and only while protected;
 *   <li>once the standby has been asked to take over on an operator's wish, nothing more is released;
 *   <li>whatever goes wrong once the arbiter has been asked is left by one compare-and-set to the next generation, and
 *       until that is known to have succeeded nothing is let out.
 * </ul>
 */
final class PrimaryMachine {
    /** How long a standby that was asked to take over is waited for. */
    static final long SWITCHOVER_NANOS = 10_000_000_000L;

    private static final String NOT_PROTECTED = "not protected";
    private static final String NOBODY_ASKED = "not protected: no standby asked for";

    private final Redundancy redundancy;
    private final LongSupplier sessions;
    private final List<Action> actions = new ArrayList<>();

    private ProtectionSettings settings;
    private DomainState state = DomainState.STOPPED;
    private String reason = "not started";
    private OwnershipRecord record;
    private CheckpointPacer pacer; // with a session
    private String standby = "";
    private long session;
    private final Petition petition = new Petition();
    private Ending ending;
    private String lossReason = "";
    private boolean leaving; // this controller is about to be given up
    private boolean switchWanted;
    private boolean switching; // the standby has been asked, or is about to be
    private long switchedEpoch;
    private long switchDeadlineNanos;
    private long nowNanos;
    private long killAtNanos;
    private long graceNanos;

    /**
     * A domain that is to be started.
     *
     * @param redundancy for this machine alone
     * @param sessions gives numbers never used before for this domain
     */
    PrimaryMachine(ProtectionSettings settings, Redundancy redundancy, LongSupplier sessions) {
        this.settings = settings;
        this.redundancy = redundancy;
        this.sessions = sessions;
    }

    /** A domain that has just been taken over, or adopted: it runs here already. */
    PrimaryMachine(
            ProtectionSettings settings,
            Redundancy redundancy,
            LongSupplier sessions,
            OwnershipRecord record,
            String reason) {
        this(settings, redundancy, sessions);
        this.record = record;
        enter(DomainState.SOLO, reason);
    }

    DomainState state() {
        return state;
    }

    String reason() {
        String outlook = state == DomainState.SOLO && ending == null ? redundancy.outlook() : "";
        return outlook.isEmpty() ? reason : reason + "; " + outlook;
    }

    String standby() {
        return standby;
    }

    long session() {
        return session;
    }

    long generation() {
        return record == null ? 0 : record.generation();
    }

    long epoch() {
        return pacer == null ? 0 : pacer.committed();
    }

    /** Whether the domain has ended because the operator or the guest wanted that. */
    boolean endedByWill() {
        return state == DomainState.STOPPED && (ending == Ending.STOPPED || ending == Ending.POWERED_OFF);
    }

    /** The session of which any epoch may be released as soon as it is committed, without asking; 0: none. */
    long releasing() {
        return state == DomainState.PROTECTED ? session : 0;
    }

    /** Whether it depends on the number of outputs held what is to be done; {@link #held} tells it then. */
    boolean countsHeld() {
        return state == DomainState.PROTECTED && pacer.countsHeld();
    }

    /** So many outputs are held at present, also of epochs that are in flight. */
    void held(int outputs, long nowNanos) {
        pacer.held(outputs, nowNanos);
    }

    /** When {@link Event.Tick} is wanted at the latest; {@link Long#MAX_VALUE} for never. */
    long deadlineNanos() {
        long deadline = petition.deadlineNanos();
        if (state == DomainState.PROTECTED && pacer.dueNanos() != Long.MAX_VALUE) {
            deadline = earlier(deadline, pacer.dueNanos());
        }
        if (killAtNanos != 0) {
            deadline = earlier(deadline, killAtNanos);
        }
        if (state == DomainState.SWITCHING) {
            deadline = earlier(deadline, switchDeadlineNanos);
        }
        if (mayProtect()) {
            long retry = redundancy.deadlineNanos(nowNanos);
            deadline = retry == Long.MAX_VALUE ? deadline : earlier(deadline, retry);
        }
        return deadline;
    }

    private static long earlier(long a, long b) {
        return a == Long.MAX_VALUE || b - a < 0 ? b : a;
    }

    /** What is to be done now; valid until the next call. */
    List<Action> handle(Event event, long nowNanos) {
        actions.clear();
        this.nowNanos = nowNanos;
        if (event instanceof Event.PeerAlive e) {
            redundancy.peerAlive(e.peer());
        } else if (event instanceof Event.PeerLost e) {
            redundancy.peerLost(e.peer());
        } else if (event instanceof Event.SettingsRead e) {
            change(e.settings());
        }
        if (event instanceof Event.ClaimEnded e) {
            claimEnded(e, nowNanos);
        } else if (event instanceof Event.VmExited e) {
            vmExited(e.exit());
        } else if (state != DomainState.STOPPED && state != DomainState.FAILED) {
            other(event, nowNanos);
        } else if (event instanceof Event.Launched || event instanceof Event.LaunchFailed) {
            actions.add(new Action.Destroy()); // stopped meanwhile
        } else if (event instanceof Event.StartRequested) {
            enter(DomainState.STARTING, "asking the arbiter");
            ask(new Claim.Start());
        }
        timers(nowNanos);
        return actions;
    }

    private void change(ProtectionSettings now) {
        settings = now;
        redundancy.change(now);
        if (pacer != null) {
            pacer.change(now);
        }
        if (reason.equals(NOBODY_ASKED) && redundancy.isWanted()) {
            reason = NOT_PROTECTED;
        }
    }

    private void other(Event event, long nowNanos) {
        if (event instanceof Event.OutputHeld) {
            if (pacer != null) {
                pacer.outputHeld(nowNanos);
            }
        } else if (event instanceof Event.Committed e) {
            committed(e);
        } else if (event instanceof Event.CheckpointSent e) {
            sent(e);
        } else if (event instanceof Event.Launched && state == DomainState.STARTING) {
            enter(DomainState.SOLO, redundancy.isWanted() ? NOT_PROTECTED : NOBODY_ASKED);
        } else if (event instanceof Event.LaunchFailed e && state == DomainState.STARTING) {
            end(DomainState.FAILED, e.reason());
        } else if (event instanceof Event.ProtectRequested e) {
            redundancy.wish(e.standby());
        } else if (event instanceof Event.SessionOpened e && current(e.session()) && state == DomainState.SYNCING) {
            pacer = new CheckpointPacer(settings);
            enter(DomainState.SYNCING, "copying memory and disks to " + standby);
            actions.add(new Action.SyncLive());
        } else if (event instanceof Event.SyncDone e && current(e.session()) && state == DomainState.SYNCING) {
            enter(DomainState.JOINING, "outputs held for the first checkpoint");
            actions.add(new Action.HoldOutputs());
        } else if (event instanceof Event.OutputsHeld e && current(e.session()) && state == DomainState.JOINING) {
            actions.add(new Action.LogChanges(standby, session));
            actions.add(new Action.TakeCheckpoint(pacer.begin(nowNanos)));
        } else if (event instanceof Event.SessionEnded e && current(e.session())) {
            lost(e.reason());
        } else if (event instanceof Event.PeerLost e && e.peer().equals(standby)) {
            lost(e.reason());
        } else if (event instanceof Event.UnprotectRequested) {
            redundancy.unwanted();
            lost("unprotected by the operator");
        } else if (event instanceof Event.SwitchoverRequested) {
            switchover();
        } else if (event instanceof Event.Drained e && current(e.session()) && state == DomainState.SWITCHING) {
            actions.add(new Action.SayFarewell(Farewell.SWITCHOVER, "switchover asked for by the operator"));
        } else if (event instanceof Event.StorageFailed e && state == DomainState.PROTECTED && ending == null) {
            ending = Ending.STORAGE_FAILED;
            handOver("disk " + e.device() + " failed: " + e.reason());
        } else if (event instanceof Event.LeaveRequested) {
            leaving = true;
            if (state == DomainState.SOLO) {
                actions.add(new Action.Leave());
            } else {
                lost("Kemari is being exchanged on its host");
            }
        } else if (event instanceof Event.StopRequested e) {
            graceNanos = e.graceNanos();
            leave(Ending.STOPPED, nowNanos);
        }
    }

    private boolean current(long ofSession) {
        return session != 0 && session == ofSession;
    }

    private void committed(Event.Committed e) {
        if (!current(e.session()) || !pacer.commit(e.epoch(), nowNanos)) {
            return;
        }
        if (state == DomainState.PROTECTED) {
            actions.add(new Action.Release(e.epoch()));
            if (switchWanted && ending == null && pacer.isAllCommitted()) {
                letGo(e.epoch());
            }
        } else if (state == DomainState.JOINING && !petition.isPending()) {
            ask(new Claim.Join(record, standby, session));
        }
    }

    private void sent(Event.CheckpointSent e) {
        if (current(e.session())) {
            pacer.sent(e.epoch(), nowNanos);
        }
    }

    private boolean mayProtect() {
        return state == DomainState.SOLO && ending == null && !leaving;
    }

    private void protect(String host) {
        standby = host;
        session = sessions.getAsLong();
        enter(DomainState.SYNCING, "waiting for " + standby + " to get ready");
        actions.add(new Action.OpenSession(standby, session));
    }

    private void switchover() {
        if (state == DomainState.PROTECTED && ending == null && !switchWanted) {
            switchWanted = true;
            pacer.last();
        }
    }

    /** The last commit of a switchover: whatever is held from now on is released by nobody, unless the standby is dropped. */
    private void letGo(long epoch) {
        switching = true;
        switchedEpoch = epoch;
        switchDeadlineNanos = nowNanos + SWITCHOVER_NANOS;
        enter(DomainState.SWITCHING, standby + " takes over, asked for by the operator");
        actions.add(new Action.Drain());
    }

    /** The standby, or the wish for one, is gone. */
    private void lost(String why) {
        switch (state) {
            case SYNCING -> {
                lossReason = why;
                endSession(null);
                attemptFailed();
                enter(DomainState.SOLO, "not protected: " + why);
            }
            case JOINING -> {
                lossReason = why;
                if (!petition.isPending()) {
                    // The arbiter has not been asked to name the standby, so nothing can have come of it.
                    endSession(null);
                    actions.add(new Action.PassThrough());
                    attemptFailed();
                    enter(DomainState.SOLO, "not protected: " + why);
                }
            }
            case PROTECTED -> drop(why);
            case SWITCHING -> drop(why);
            default -> {}
        }
    }

    private void attemptFailed() {
        redundancy.failed(standby, nowNanos);
    }

    /** Hold (we do already), and go one generation on without the standby. */
    private void drop(String why) {
        lossReason = why;
        enter(DomainState.HOLDING, why + "; outputs are held until the arbiter agrees to go on without " + standby);
        ask(new Claim.Drop(record.generation()));
    }

    private boolean mayHaveStandby() {
        return state == DomainState.PROTECTED
                || state == DomainState.SWITCHING
                || state == DomainState.HOLDING
                || state == DomainState.JOINING && petition.isPending();
    }

    private void vmExited(VmExit exit) {
        if (state == DomainState.STOPPED || state == DomainState.FAILED) {
            return;
        }
        killAtNanos = 0;
        switch (exit.cause()) {
            case GUEST_POWERED_OFF -> leave(ending == null ? Ending.POWERED_OFF : ending, 0);
            case DESTROYED -> leave(Ending.STOPPED, 0);
            case HYPERVISOR_FAILED -> {
                lossReason = exit.detail();
                if (ending == Ending.STOPPED) {
                    leave(ending, 0);
                } else if (state == DomainState.JOINING && petition.isPending()) {
                    ending = Ending.HYPERVISOR_FAILED; // the answer tells whether there is a standby to take over
                } else {
                    failHypervisor(mayHaveStandby());
                }
            }
        }
    }

    private void failHypervisor(boolean protectedNow) {
        String what = "the hypervisor failed: " + lossReason;
        if (protectedNow) {
            ending = Ending.HYPERVISOR_FAILED;
            handOver(what);
        } else {
            endSession(null);
            end(DomainState.FAILED, what);
        }
    }

    /** Nothing is executed here any more, then the standby is told: with a shared disk the order matters. */
    private void handOver(String what) {
        petition.forget();
        actions.add(new Action.Destroy());
        endSession(ending);
        enter(DomainState.FAILED, what + "; " + standby + " was asked to take over");
    }

    /** The domain ends here and, by the record, on the standby. */
    private void leave(Ending how, long nowNanos) {
        ending = how;
        if (state == DomainState.JOINING && petition.isPending() || petition.isPending(Claim.Drop.class)) {
            return; // goes on when the arbiter has answered
        }
        if (mayHaveStandby()) {
            ask(new Claim.Drop(record.generation()));
            return;
        }
        finish(nowNanos);
    }

    private void finish(long nowNanos) {
        if (session != 0) {
            endSession(ending);
        }
        boolean begun = state != DomainState.STARTING; // otherwise there is no guest yet that could be asked
        if (ending == Ending.STOPPED && graceNanos > 0 && begun) {
            killAtNanos = nowNanos + graceNanos;
            graceNanos = 0;
            // a guest that waits for its disk cannot end itself, and nobody will take over what was kept
            actions.add(new Action.KeepFailed(false));
            actions.add(new Action.PassThrough());
            actions.add(new Action.PowerDown());
            enter(DomainState.SOLO, "the guest has been asked to power itself off");
        } else {
            end(DomainState.STOPPED, ending.text);
        }
    }

    private void claimEnded(Event.ClaimEnded e, long nowNanos) {
        if (!petition.answered(e.claim())) {
            return;
        }
        if (e.result() instanceof ClaimResult.Won won) {
            record = won.record();
            won(e.claim(), nowNanos);
        } else if (e.result() instanceof ClaimResult.Refused refused) {
            refused(e.claim(), refused.reason());
        } else if (e.result() instanceof ClaimResult.Open open) {
            open(e.claim(), open.reason(), nowNanos);
        }
    }

    private void won(Claim claim, long nowNanos) {
        if (claim instanceof Claim.Start) {
            enter(DomainState.STARTING, "starting the hypervisor");
            actions.add(new Action.Launch());
        } else if (claim instanceof Claim.Join) {
            if (ending == Ending.HYPERVISOR_FAILED) {
                actions.add(new Action.SendJoined(record));
                failHypervisor(true);
            } else if (ending != null) {
                enter(DomainState.HOLDING, ending.text + "; outputs are held until the arbiter agrees to end it");
                ask(new Claim.Drop(record.generation()));
            } else if (!lossReason.isEmpty()) {
                drop(lossReason);
            } else {
                redundancy.succeeded(nowNanos);
                enter(DomainState.PROTECTED, "protected by " + standby);
                actions.add(new Action.KeepFailed(true));
                actions.add(new Action.SendJoined(record));
                actions.add(new Action.Release(pacer.committed()));
                if (settings.writePolicy() == WritePolicy.RUN_AHEAD) {
                    actions.add(new Action.RunAhead(standby, session));
                }
            }
        } else if (claim instanceof Claim.Drop) {
            if (ending == Ending.HYPERVISOR_FAILED) {
                failHypervisor(false);
            } else if (ending != null) {
                finish(nowNanos);
            } else {
                endSession(null);
                actions.add(new Action.KeepFailed(false));
                actions.add(new Action.PassThrough());
                attemptFailed();
                enter(DomainState.SOLO, "not protected: " + lossReason);
            }
        }
    }

    private void refused(Claim claim, String why) {
        if (claim instanceof Claim.Start) {
            end(DomainState.STOPPED, why);
        } else if (switching && claim instanceof Claim.Drop) {
            petition.forget();
            actions.add(new Action.Retire(switchedEpoch));
            session = 0;
            pacer = null;
            enter(DomainState.STOPPED, "handed over to " + standby + " by the operator");
        } else {
            endSession(null);
            end(DomainState.STOPPED, "no longer the owner: " + why);
        }
    }

    private void open(Claim claim, String why, long nowNanos) {
        if (claim instanceof Claim.Join) {
            // It may still land. Only a compare-and-set of our own defeats it, whatever the record shows now.
            if (ending == Ending.HYPERVISOR_FAILED) {
                failHypervisor(true);
                return;
            }
            if (lossReason.isEmpty()) {
                lossReason = "the arbiter did not say whether it named " + standby + ": " + why;
            }
            enter(DomainState.HOLDING, lossReason + "; outputs are held");
            petition.later(new Claim.Drop(record.generation()), nowNanos);
        } else {
            enter(state, claim instanceof Claim.Drop && !lossReason.isEmpty() ? lossReason + "; holding: " + why : why);
            petition.later(claim, nowNanos);
        }
    }

    private void timers(long nowNanos) {
        petition.due(nowNanos).ifPresent(this::ask);
        if (state == DomainState.SWITCHING && nowNanos - switchDeadlineNanos >= 0) {
            drop(standby + " did not take over in time");
        }
        if (mayProtect()) {
            redundancy.next(nowNanos).ifPresent(this::protect);
        }
        if (state == DomainState.PROTECTED && ending == null && pacer.isDue(nowNanos)) {
            actions.add(new Action.TakeCheckpoint(pacer.begin(nowNanos)));
        }
        if (killAtNanos != 0 && nowNanos - killAtNanos >= 0) {
            killAtNanos = 0;
            end(DomainState.STOPPED, "stopped by the operator; the guest did not power itself off in time");
        }
    }

    private void ask(Claim claim) {
        actions.add(petition.ask(claim));
    }

    private void endSession(Ending said) {
        if (session == 0) {
            return;
        }
        Farewell farewell = said == null ? Farewell.UNPROTECTED : said.farewell;
        actions.add(new Action.SayFarewell(farewell, said == null ? lossReason : said.text));
        actions.add(new Action.CloseSession());
        session = 0;
        pacer = null;
    }

    private void end(DomainState how, String why) {
        endSession(null);
        petition.forget();
        actions.add(new Action.Destroy());
        enter(how, why);
    }

    private void enter(DomainState next, String why) {
        state = next;
        reason = why;
        if (next == DomainState.SOLO) {
            lossReason = "";
            switchWanted = false;
            switching = false;
            if (leaving) {
                actions.add(new Action.Leave());
            }
        }
    }
}
