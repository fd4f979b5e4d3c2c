package org.kemari.protection.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.domain.DomainPaths;
import org.kemari.api.domain.ProtectionSettings;
import org.kemari.api.hypervisor.HypervisorException;
import org.kemari.api.hypervisor.LaunchMode;
import org.kemari.api.hypervisor.VirtualMachine;
import org.kemari.api.protection.DomainState;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.Role;
import org.kemari.api.protection.TakeoverReport;
import org.kemari.api.restoration.RestorationStatus;
import org.kemari.api.tap.DomainTap;
import org.kemari.api.tap.TapListener;
import org.kemari.api.tap.TapRequest;
import org.kemari.api.transfer.DomainIdentity;
import org.kemari.api.transfer.ImageId;
import org.kemari.api.transfer.OutgoingRequest;
import org.kemari.api.transfer.OutgoingSession;
import org.kemari.api.transfer.SyncProgress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out what a {@link PrimaryMachine} wants. Short actions on the conductor's thread, long ones on a worker. */
final class PrimaryController implements Controller, Conductor.Score {
    private static final Logger LOG = LoggerFactory.getLogger(PrimaryController.class);
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(10);

    private final Services services;
    private final DomainDefinition definition;
    private final DomainPaths paths;
    private final PrimaryMachine machine;
    private final StatusBoard board;
    private final Conductor conductor;
    private final SessionHolder sessions;
    private final ReleaseGate gate = new ReleaseGate(epoch -> tap().release(epoch));
    private final VmRelay relay;
    private final Optional<TakeoverReport> takeover;
    private final Consumer<ImageId> retained;

    // Written by whichever thread carries out the action that makes them; the machine orders these actions.
    private volatile VirtualMachine vm;
    private volatile DomainTap tap;
    private volatile boolean begun; // before that, stopped does not mean over
    private volatile boolean launching;
    private final Departure departure = new Departure();
    private volatile boolean ordered; // an operator wants the change of ownership that is being asked for
    private volatile ProtectionSettings settings;
    private volatile Optional<ImageId> resumedFrom; // for the first session only: it uses up what has been tracked

    /**
     * What already runs when a controller begins.
     *
     * @param resumedFrom the image that the guest was resumed from, if its written pages have been tracked since
     */
    record Running(
            VirtualMachine vm,
            DomainTap tap,
            VmRelay relay,
            Optional<TakeoverReport> takeover,
            Optional<ImageId> resumedFrom) {}

    PrimaryController(
            Services services,
            DomainDefinition definition,
            PrimaryMachine machine,
            Optional<Running> running,
            StatusBoard board,
            Consumer<ImageId> retained) {
        this.services = services;
        this.definition = definition;
        this.settings = definition.protection();
        this.paths = services.configuration().paths(definition.name());
        this.machine = machine;
        this.board = board;
        this.sessions = new SessionHolder(services.stateTransfer(), this::post, gate);
        this.conductor = new Conductor(definition.name(), this, System::nanoTime);
        this.relay = running.map(Running::relay).orElseGet(() -> new VmRelay(definition.name()));
        this.retained = retained;
        this.resumedFrom = running.flatMap(Running::resumedFrom);
        this.takeover = running.flatMap(Running::takeover);
        this.begun = running.isPresent();
        running.ifPresent(r -> {
            vm = r.vm();
            tap = r.tap();
            tap.setListener(new Ears());
        });
    }

    void start() {
        relay.target(this::post);
        if (vm != null) {
            afterEvent();
        }
        conductor.start();
    }

    @Override
    public void post(Event event) {
        conductor.post(event);
    }

    @Override
    public List<Action> handle(Event event, long nowNanos) {
        if (event instanceof Event.Launched || event instanceof Event.LaunchFailed) {
            launching = false;
        }
        begun |= event instanceof Event.StartRequested;
        if (event instanceof Event.StartRequested
                || event instanceof Event.UnprotectRequested
                || event instanceof Event.StopRequested) {
            ordered = true;
        }
        if (event instanceof Event.SettingsRead read) {
            settings = read.settings();
            chooseFrames();
        }
        if (machine.countsHeld() && (event instanceof Event.OutputHeld || event instanceof Event.Tick)) {
            machine.held(tap.held(), nowNanos);
        }
        List<Action> actions = machine.handle(event, nowNanos);
        gate.open(machine.releasing());
        return actions;
    }

    private DomainTap tap() {
        return tap;
    }

    @Override
    public long deadlineNanos() {
        return machine.deadlineNanos();
    }

    @Override
    public boolean isOver() {
        return begun
                && vm == null
                && !launching
                && (machine.state() == DomainState.STOPPED || machine.state() == DomainState.FAILED);
    }

    /** Whatever it was, protection can be begun anew; without a session there is nothing to give up. */
    @Override
    public void failed() {
        post(new Event.SessionEnded(machine.session(), "an error in Kemari on this host; see its log"));
    }

    @Override
    public void afterEvent() {
        if (isOver()) {
            departure.over(); // first: who waits for it has the domain's lock, which the board's news may need
        }
        board.update(
                new StatusBoard.Facts(
                        machine.state(),
                        machine.reason(),
                        machine.standby(),
                        machine.generation(),
                        machine.session(),
                        machine.epoch()),
                isOver());
    }

    @Override
    public void perform(Action action) {
        if (action instanceof Action.TakeCheckpoint a) {
            takeCheckpoint(a.epoch());
        } else if (action instanceof Action.Release a) {
            tap.release(a.epoch());
        } else if (action instanceof Action.Ask a) {
            services.workers()
                    .execute(() ->
                            post(new Event.ClaimEnded(a.claim(), services.ask(definition.name(), a.claim(), ordered))));
        } else if (action instanceof Action.Launch) {
            launching = true;
            services.workers().execute(this::launch);
        } else if (action instanceof Action.OpenSession a) {
            sessions.want(a.session());
            services.workers().execute(() -> openSession(a.standby(), a.session()));
        } else if (action instanceof Action.SyncLive) {
            inSession(s -> s.syncLive(tap, p -> {}), new Event.SyncDone(machine.session()));
        } else if (action instanceof Action.HoldOutputs) {
            holdOutputs();
        } else if (action instanceof Action.LogChanges a) {
            logChanges(a.standby(), a.session());
        } else if (action instanceof Action.RunAhead a) {
            runAhead(a.standby(), a.session());
        } else if (action instanceof Action.KeepFailed a) {
            tap.keepFailed(a.on());
        } else if (action instanceof Action.Drain) {
            drain();
        } else if (action instanceof Action.PassThrough) {
            ordered = false;
            tap.trackWrites(false);
            tap.passThrough();
        } else if (action instanceof Action.SendJoined a) {
            say(s -> s.sendJoined(a.record()));
        } else if (action instanceof Action.SayFarewell a) {
            say(s -> s.sendFarewell(a.farewell(), a.detail()));
        } else if (action instanceof Action.CloseSession) {
            closeSession();
        } else if (action instanceof Action.Leave) {
            tap.leave();
            departure.left();
        } else if (action instanceof Action.PowerDown) {
            powerDown();
        } else if (action instanceof Action.Destroy) {
            destroy();
        } else if (action instanceof Action.Retire a) {
            retire(a.epoch());
        } else {
            throw new IllegalStateException("not an action of a primary: " + action);
        }
    }

    private interface SessionStep {
        void run(OutgoingSession session) throws IOException;
    }

    private void inSession(SessionStep step, Event done) {
        OutgoingSession now = sessions.current().orElseThrow();
        long number = machine.session();
        services.workers().execute(() -> {
            try {
                step.run(now);
                post(done);
            } catch (IOException | RuntimeException e) {
                post(new Event.SessionEnded(number, reason(e)));
            } catch (Error e) {
                LOG.error("domain {}: copying to {} failed", definition.name(), machine.standby(), e);
                post(new Event.SessionEnded(number, e.toString()));
            }
        });
    }

    /** Holding is done here and now, so that it cannot come after a later decision to let outputs pass again. */
    private void holdOutputs() {
        long number = machine.session();
        try {
            tap.hold(DRAIN_TIMEOUT);
            inSession(s -> s.syncDisks(tap), new Event.OutputsHeld(number));
        } catch (IOException e) {
            post(new Event.SessionEnded(number, reason(e)));
        }
    }

    private void logChanges(String standby, long number) {
        try {
            tap.logChanges(standby, number);
        } catch (IOException e) {
            post(new Event.SessionEnded(number, "changes of the disks cannot be logged: " + reason(e)));
        }
    }

    private void runAhead(String standby, long number) {
        try {
            tap.runAhead(standby);
        } catch (IOException e) {
            post(new Event.SessionEnded(number, "the disks cannot run ahead: " + reason(e)));
        }
    }

    /** Outputs are held already; those let out before are waited for. */
    private void drain() {
        long number = machine.session();
        try {
            tap.hold(DRAIN_TIMEOUT);
            post(new Event.Drained(number));
        } catch (IOException e) {
            post(new Event.SessionEnded(number, reason(e)));
        }
    }

    private void say(SessionStep step) {
        Optional<OutgoingSession> now = sessions.current();
        if (now.isEmpty()) {
            return;
        }
        try {
            step.run(now.get());
        } catch (IOException | RuntimeException e) {
            // The session's end is reported by its reader; whoever was to hear this finds out by the record.
            LOG.debug("domain {}: could not tell {}: {}", definition.name(), machine.standby(), e.getMessage());
        }
    }

    private void takeCheckpoint(long epoch) {
        long number = machine.session();
        try {
            sessions.current()
                    .orElseThrow(() -> new IOException("the session is over"))
                    .checkpoint(epoch, vm, tap);
            post(new Event.CheckpointSent(number, epoch));
        } catch (IOException | RuntimeException e) {
            // If it is the hypervisor that died, the standby must take over, not be dropped: its exit is reported.
            if (!relay.exitsWithin(vm.isAlive() && !(e instanceof HypervisorException) ? 0 : 500)) {
                post(new Event.SessionEnded(number, "checkpoint " + epoch + " failed: " + reason(e)));
            }
        }
    }

    private void launch() {
        try {
            vm = services.hypervisor().launch(definition, paths, LaunchMode.BOOT, relay);
            tap = services.eventTap().open(new TapRequest(definition, paths, false));
            tap.setListener(new Ears());
            vm.awaitReady(READY_TIMEOUT);
            tap.activate();
            vm.resume();
            ordered = false;
            post(new Event.Launched());
        } catch (IOException | RuntimeException e) {
            post(new Event.LaunchFailed(reason(e)));
        }
    }

    /** What the standby is to have of the guest's network. */
    private void chooseFrames() {
        DomainTap now = tap;
        if (now != null) {
            now.frames().choose(settings.frameLog(), settings.packetLog());
        }
    }

    private void openSession(String standby, long number) {
        try {
            chooseFrames();
            DomainIdentity identity =
                    Identities.of(definition, services.hypervisor().identity(definition));
            OutgoingRequest request = new OutgoingRequest(
                    identity,
                    definition,
                    paths,
                    vm.pid(),
                    vm.tracksPages(),
                    standby,
                    machine.generation(),
                    number,
                    resumedFrom);
            boolean open = sessions.open(request);
            // not before: a host that has just handed over refuses until it has retired its guest
            resumedFrom = Optional.empty();
            if (open) {
                post(new Event.SessionOpened(number));
            }
        } catch (IOException | RuntimeException e) {
            post(new Event.SessionEnded(number, reason(e)));
        }
    }

    private void closeSession() {
        sessions.close();
        if (tap != null && !departure.hasLeft()) {
            tap.trackWrites(false);
        }
    }

    private void powerDown() {
        try {
            vm.powerDown();
        } catch (HypervisorException e) {
            LOG.warn("domain {}: the guest could not be asked to power itself off: {}", definition.name(), reason(e));
        }
    }

    private void destroy() {
        if (tap != null) {
            tap.close();
        }
        VirtualMachine now = vm;
        if (now != null) {
            vm = null;
            now.destroy();
        }
    }

    /** The guest runs elsewhere now, from checkpoint {@code epoch} on. */
    private void retire(long epoch) {
        VirtualMachine now = vm;
        Optional<OutgoingSession> last = sessions.current();
        if (now == null || last.isEmpty()) {
            closeSession();
            destroy();
            return;
        }
        long number = last.get().status().session();
        boolean kept = false;
        try {
            now.pause();
            tap.close();
            kept = last.get().retain(epoch);
        } catch (HypervisorException e) {
            LOG.info("domain {}: its memory cannot be kept: {}", definition.name(), reason(e));
        }
        closeSession();
        if (!kept) {
            destroy();
            return;
        }
        vm = null;
        now.retire();
        retained.accept(new ImageId(number, epoch));
    }

    @Override
    public void prepareToLeave(boolean tapGoes) {
        if (!departure.begin(tapGoes)) {
            return;
        }
        StatusBoard.Facts facts = board.facts();
        if (!facts.peer().isEmpty() && facts.state() != DomainState.SOLO) {
            wantedStandby().set(facts.peer());
        }
        post(new Event.LeaveRequested());
    }

    private WantedStandby wantedStandby() {
        return WantedStandby.of(paths);
    }

    /** Outputs pass when the tap is left: not before the arbiter has agreed that the standby is none any more. */
    @Override
    public void awaitLeft() {
        if (!departure.await()) {
            LOG.warn("domain {}: its outputs are held until Kemari is back: {}", definition.name(), machine.reason());
        }
    }

    @Override
    public void letGo() {
        awaitLeft();
        conductor.close();
        gate.open(0);
        if (departure.leavesGuestWithoutTap() && vm != null) {
            standStill();
        }
        if (tap != null && !departure.hasLeft()) {
            tap.close();
        }
        closeSession();
        if (vm != null) {
            vm.release();
        }
    }

    /** A guest that runs sees its network cable pulled, and asks for all its neighbours again; one that waits does not. */
    private void standStill() {
        try {
            vm.pause();
        } catch (HypervisorException e) {
            LOG.info("domain {}: runs on without devices: {}", definition.name(), reason(e));
        }
    }

    @Override
    public boolean endedByWill() {
        return machine.endedByWill();
    }

    @Override
    public DomainStatus status() {
        Optional<OutgoingSession> s = sessions.current();
        DomainTap t = tap;
        VirtualMachine v = vm;
        StatusBoard.Facts facts = board.facts();
        return new DomainStatus(
                definition.name(),
                Role.PRIMARY,
                facts.state(),
                relay.remarks().on(facts.reason()),
                facts.peer(),
                facts.generation(),
                facts.session(),
                facts.epoch(),
                board.sinceEpochMillis(),
                v == null ? 0 : v.pid(),
                relay.resets(),
                s.map(OutgoingSession::progress).orElse(SyncProgress.NONE),
                s.map(OutgoingSession::status),
                t == null ? List.of() : t.status(),
                RestorationStatus.NONE,
                takeover);
    }

    static String reason(Exception e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    /** Hears the tap. */
    private final class Ears implements TapListener {
        @Override
        public void outputHeld() {
            post(new Event.OutputHeld());
        }

        @Override
        public void diskFailed(String device, String why) {
            LOG.warn("domain {}: disk {} failed a request: {}", definition.name(), device, why);
            post(new Event.StorageFailed(device, why));
        }

        @Override
        public void deviceBroken(String device, String why) {
            relay.remarks().note(device, "device " + device + " is out of order: " + why);
            LOG.warn("domain {}: device {} is broken: {}", definition.name(), device, why);
        }
    }
}
