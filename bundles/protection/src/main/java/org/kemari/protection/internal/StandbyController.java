package org.kemari.protection.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.config.FenceSettings;
import org.kemari.api.domain.DiskMode;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.domain.DomainPaths;
import org.kemari.api.hypervisor.LaunchMode;
import org.kemari.api.hypervisor.VirtualMachine;
import org.kemari.api.protection.DomainState;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.Role;
import org.kemari.api.protection.TakeoverReport;
import org.kemari.api.restoration.ImageRings;
import org.kemari.api.tap.DomainTap;
import org.kemari.api.tap.LoggedFrames;
import org.kemari.api.tap.TapRequest;
import org.kemari.api.transfer.CommittedCheckpoint;
import org.kemari.api.transfer.Farewell;
import org.kemari.api.transfer.ImageId;
import org.kemari.api.transfer.IncomingSession;
import org.kemari.api.transfer.StandbyOffer;
import org.kemari.api.transfer.StandbySlot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out what a {@link StandbyMachine} wants, and takes in what the primary sends. */
final class StandbyController implements Controller, Conductor.Score, StandbySlot {
    private static final Logger LOG = LoggerFactory.getLogger(StandbyController.class);
    /** Silence time-outs that a primary is given whose link is lost while its heartbeats go on: it is the first to act. */
    private static final int PATIENCE = 4;

    private static final Duration READY_TIMEOUT = Duration.ofSeconds(30);

    private final Services services;
    private final DomainDefinition definition;
    private final DomainPaths paths;
    private final StandbyOffer offer;
    private final IncomingSession session;
    private final StandbyMachine machine;
    private final StatusBoard board;
    private final Conductor conductor;
    private final VmRelay relay;
    private final Consumer<PrimaryController.Running> promote;
    private final Optional<ImageId> retained;
    private final boolean fence;

    private volatile VirtualMachine vm;
    private volatile DomainTap tap;
    private volatile ImageRings rings;
    private volatile OwnershipRecord won;
    private volatile boolean promoted;
    private volatile boolean ordered;

    /** @param promote called once after a takeover, with what now runs here */
    StandbyController(
            Services services,
            DomainDefinition definition,
            StandbyOffer offer,
            IncomingSession session,
            StatusBoard board,
            Optional<ImageId> retained,
            Consumer<PrimaryController.Running> promote) {
        this.services = services;
        this.definition = definition;
        this.paths = services.configuration().paths(definition.name());
        this.offer = offer;
        this.session = session;
        this.board = board;
        this.promote = promote;
        this.retained = retained;
        this.fence = fences(definition, services.configuration().host().fence());
        this.relay = new VmRelay(definition.name());
        this.machine = new StandbyMachine(
                offer.primary(),
                offer.generation(),
                offer.session(),
                PATIENCE * services.configuration().host().silenceTimeout().toNanos(),
                fence,
                services.configuration().host().fence().retryDelay().toNanos());
        this.conductor = new Conductor(definition.name(), this, System::nanoTime);
    }

    private static boolean fences(DomainDefinition definition, FenceSettings settings) {
        return switch (definition.protection().fence()) {
            case ALWAYS -> true;
            case NEVER -> false;
            case AUTO -> settings.isConfigured()
                    && definition.disks().stream().anyMatch(d -> d.mode() == DiskMode.SHARED && !d.readOnly());
        };
    }

    /** Starts the waiting hypervisor and begins. Blocks for as long as that takes. */
    void prepare() throws IOException {
        try {
            if (offer.firmwareVariables().isPresent()) {
                FirmwareVariables.write(paths, offer.firmwareVariables().get());
            }
            vm = services.hypervisor()
                    .launch(
                            definition,
                            paths,
                            retained.isPresent() ? LaunchMode.INCOMING_RETAINED : LaunchMode.INCOMING,
                            relay);
            tap = services.eventTap().open(new TapRequest(definition, paths, true));
            vm.awaitReady(READY_TIMEOUT);
            rings = services.ringRestoration().open(definition, paths);
        } catch (IOException | RuntimeException e) {
            destroy();
            throw e;
        }
        relay.target(this::post);
        afterEvent();
        conductor.start();
    }

    /** The record that this host has won, if it has. */
    OwnershipRecord won() {
        return won;
    }

    /** Whether the primary has asked for the takeover: it wants to be the standby. */
    boolean handedOver() {
        return machine.handedOver();
    }

    @Override
    public void post(Event event) {
        conductor.post(event);
    }

    @Override
    public List<Action> handle(Event event, long nowNanos) {
        if (event instanceof Event.TakeoverRequested) {
            ordered = true;
        }
        if (!(event instanceof Event.Applied) && !(event instanceof Event.Tick)) {
            // Commits are acknowledged before they are applied: what counts when something happens is the former.
            machine.committed(session.status().committedEpoch());
        }
        return machine.handle(event, nowNanos);
    }

    @Override
    public long deadlineNanos() {
        return machine.deadlineNanos();
    }

    @Override
    public boolean isOver() {
        return machine.state() == DomainState.STOPPED || machine.state() == DomainState.FAILED;
    }

    @Override
    public void failed() {
        post(new Event.TakeoverFailed("an error in Kemari on this host; see its log"));
    }

    @Override
    public void afterEvent() {
        if (promoted) {
            return; // the new controller speaks for the domain now
        }
        board.update(
                new StatusBoard.Facts(
                        machine.state(),
                        machine.reason(),
                        offer.primary(),
                        machine.generation(),
                        offer.session(),
                        machine.epoch()),
                isOver());
    }

    @Override
    public void perform(Action action) {
        if (action instanceof Action.Ask a) {
            services.workers()
                    .execute(() ->
                            post(new Event.ClaimEnded(a.claim(), services.ask(definition.name(), a.claim(), ordered))));
        } else if (action instanceof Action.TakeOver a) {
            takeOver(a.record(), a.reason());
        } else if (action instanceof Action.Fence a) {
            services.workers().execute(() -> fence(a.host()));
        } else if (action instanceof Action.Abandon a) {
            session.abandon(a.reason());
        } else if (action instanceof Action.Destroy) {
            destroy();
        } else {
            throw new IllegalStateException("not an action of a standby: " + action);
        }
    }

    private void fence(String host) {
        try {
            services.fences().fence(host, definition.name());
            post(new Event.Fenced());
        } catch (IOException e) {
            post(new Event.FenceFailed(PrimaryController.reason(e)));
        }
    }

    private void takeOver(OwnershipRecord record, String why) {
        won = record;
        try {
            TakeoverTimeline timeline = new TakeoverTimeline(machine.detectedNanos());
            timeline.decided(machine.decidedNanos());
            if (machine.fenced()) {
                timeline.fenced();
            }
            // what the network sends the guest from now on waits for it here
            tap.activate();
            tap.announce();
            CommittedCheckpoint image = session.seal()
                    .orElseThrow(() -> new IOException("there is no committed checkpoint to resume from"));
            timeline.sealed();
            tap.restore(rings.restore(image.rings()));
            rings.close();
            timeline.restored();
            vm.loadDeviceState(image.deviceState());
            timeline.loaded();
            tap.frames().replay(handedOver() ? session.frames().withoutHeld() : session.frames());
            vm.resume();
            timeline.resumed();
            tap.announce();
            TakeoverReport report = timeline.report(definition.name(), why, record.generation(), image);
            LOG.info(
                    "domain {}: taken over at generation {}, epoch {}: guest runs {} ms after the loss was noticed"
                            + " ({} requests restored): {}",
                    definition.name(),
                    record.generation(),
                    image.epoch(),
                    report.resumedMicros() / 1000,
                    report.pendingRequests(),
                    why);
            promoted = true;
            conductor.close();
            promote.accept(new PrimaryController.Running(vm, tap, relay, Optional.of(report), resumedFrom(image)));
        } catch (IOException | RuntimeException e) {
            LOG.error("domain {}: the takeover failed", definition.name(), e);
            post(new Event.TakeoverFailed("the takeover failed: " + PrimaryController.reason(e)));
        }
    }

    /** Without page tracking nobody knows what the guest will have written since. */
    private Optional<ImageId> resumedFrom(CommittedCheckpoint image) {
        return vm.tracksPages() ? Optional.of(new ImageId(image.session(), image.epoch())) : Optional.empty();
    }

    private void destroy() {
        if (rings != null) {
            rings.close();
        }
        if (tap != null) {
            tap.close();
        }
        if (vm != null) {
            vm.destroy();
        }
    }

    @Override
    public void letGo() {
        conductor.close();
        session.abandon("Kemari is stopping on " + services.self());
        destroy();
    }

    @Override
    public DomainStatus status() {
        StatusBoard.Facts facts = board.facts();
        VirtualMachine v = vm;
        DomainTap t = tap;
        return new DomainStatus(
                definition.name(),
                Role.STANDBY,
                facts.state(),
                facts.reason(),
                facts.peer(),
                facts.generation(),
                facts.session(),
                facts.epoch(),
                board.sinceEpochMillis(),
                v == null ? 0 : v.pid(),
                relay.resets(),
                session.progress(),
                Optional.of(session.status()),
                t == null ? List.of() : t.status(),
                rings == null ? org.kemari.api.restoration.RestorationStatus.NONE : rings.status(),
                Optional.empty());
    }

    // ---- the incoming session

    @Override
    public DomainDefinition definition() {
        return definition;
    }

    @Override
    public DomainPaths paths() {
        return paths;
    }

    @Override
    public Optional<ImageId> retained() {
        return retained;
    }

    @Override
    public long pid() {
        return vm.pid();
    }

    @Override
    public void applied(CommittedCheckpoint checkpoint) throws IOException {
        rings.executePending(checkpoint.rings());
        rings.flush(checkpoint.flushed());
        if (checkpoint.epoch() == 1) {
            rehearse(checkpoint);
        }
        post(new Event.Applied(checkpoint.epoch()));
    }

    /** An image that cannot be taken over must be found out before it is needed, and nothing be slow the first time. */
    private void rehearse(CommittedCheckpoint checkpoint) throws IOException {
        rings.check(checkpoint.rings());
        session.frames();
        tap.frames().replay(LoggedFrames.NONE);
        StandbyMachine understudy =
                new StandbyMachine(offer.primary(), offer.generation(), offer.session(), 0, false, 0);
        understudy.handle(new Event.Applied(checkpoint.epoch()), 0);
        understudy.handle(new Event.PeerLost(offer.primary(), "rehearsal"), 0);
        // This claim is refused, for no record names a session 0.
        ClaimResult refused = services.ask(definition.name(), new Claim.TakeOver(offer.generation(), 0), false);
        understudy.handle(new Event.ClaimEnded(new Claim.TakeOver(offer.generation(), offer.session()), refused), 0);
    }

    @Override
    public void imageLost(String why) {
        post(new Event.ImageLost(why));
    }

    @Override
    public void joined(OwnershipRecord record) {
        try {
            services.arbiter().get().learn(record);
        } catch (RuntimeException e) {
            LOG.warn("domain {}: the arbiter could not be told of {}", definition.name(), record, e);
        }
        post(new Event.Joined(record));
    }

    @Override
    public void farewell(Farewell farewell, String detail) {
        post(new Event.PrimarySaid(farewell, detail));
    }

    @Override
    public void ended(String why) {
        post(new Event.SessionEnded(offer.session(), why));
    }
}
