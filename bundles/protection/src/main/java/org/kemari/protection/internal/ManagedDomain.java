package org.kemari.protection.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.domain.DomainPaths;
import org.kemari.api.domain.ProtectionSettings;
import org.kemari.api.protection.DomainState;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.OperationRefusedException;
import org.kemari.api.protection.Role;
import org.kemari.api.restoration.RestorationStatus;
import org.kemari.api.tap.DomainTap;
import org.kemari.api.tap.TapRequest;
import org.kemari.api.transfer.ImageId;
import org.kemari.api.transfer.IncomingSession;
import org.kemari.api.transfer.RefusedException;
import org.kemari.api.transfer.StandbyOffer;
import org.kemari.api.transfer.StandbySlot;
import org.kemari.api.transfer.SyncProgress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One domain on this host: at most one controller at a time, primary or standby. Safe for use by many threads. */
final class ManagedDomain {
    private static final Logger LOG = LoggerFactory.getLogger(ManagedDomain.class);

    private static final Duration ADOPTION_TIMEOUT = Duration.ofSeconds(30);

    private final String name;
    private final Services services;
    private final BiConsumer<DomainStatus, DomainStatus> changed;
    private volatile Optional<ImageId> retained =
            Optional.empty(); // what the RAM file still holds; changed while holding this
    private long retainedNanos;
    private volatile Controller controller; // changed while holding this
    private volatile Optional<ProtectionSettings> followed = Optional.empty(); // what a primary has been told last
    private volatile DomainStatus last; // the status when there is no controller; changed while holding this

    ManagedDomain(String name, Services services, BiConsumer<DomainStatus, DomainStatus> changed) {
        this.name = name;
        this.services = services;
        this.changed = changed;
        this.last = new DomainStatus(
                name,
                Role.NONE,
                DomainState.STOPPED,
                "not started",
                "",
                0,
                0,
                0,
                System.currentTimeMillis(),
                0,
                0,
                SyncProgress.NONE,
                Optional.empty(),
                List.of(),
                RestorationStatus.NONE,
                Optional.empty());
    }

    DomainStatus status() {
        Controller now = controller;
        return now == null ? last : now.status();
    }

    boolean isHere() {
        return controller != null;
    }

    private StatusBoard board() {
        return new StatusBoard(name, last, changed);
    }

    /** The controller has come to its end; what it said last remains. */
    private synchronized void over(Controller which) {
        if (controller != which) {
            return; // it has been superseded meanwhile
        }
        DomainStatus s = controller.status();
        if (controller.endedByWill()) {
            stopMarker().set(true);
        }
        last = absent(s.state(), s.reason(), s);
        controller = null;
    }

    private DomainStatus absent(DomainState state, String reason, DomainStatus before) {
        return new DomainStatus(
                name,
                Role.NONE,
                state,
                reason,
                "",
                before.generation(),
                0,
                0,
                before.sinceEpochMillis(),
                0,
                before.guestResets(),
                SyncProgress.NONE,
                Optional.empty(),
                List.of(),
                before.restoration(),
                before.lastTakeover());
    }

    synchronized void start(DomainDefinition definition) throws OperationRefusedException {
        if (controller != null) {
            throw new OperationRefusedException(
                    "domain " + name + " is here already: " + status().state() + ", " + status().reason());
        }
        Optional<String> owner = otherOwner();
        if (owner.isPresent()) {
            throw new OperationRefusedException(
                    "domain " + name + " belongs to host " + owner.get() + " by the arbiter's record: start it there");
        }
        Optional<String> unfinished = standbyMark().reason();
        if (unfinished.isPresent()) {
            throw new OperationRefusedException("domain " + name + ": " + unfinished.get());
        }
        launch(definition);
    }

    private void launch(DomainDefinition definition) {
        stopMarker().set(false);
        retained = Optional.empty();
        PrimaryMachine machine =
                new PrimaryMachine(definition.protection(), redundancy(definition), ManagedDomain::freshSession);
        primary(definition, machine, Optional.empty()).post(new Event.StartRequested());
    }

    private Redundancy redundancy(DomainDefinition definition) {
        return new Redundancy(services.self(), definition.protection());
    }

    /** A look that spares the operator a guest that ends at once; the decision is the claim's. */
    private Optional<String> otherOwner() {
        try {
            return services.arbiter()
                    .get()
                    .read(name)
                    .map(OwnershipRecord::owner)
                    .filter(o -> !o.equals(services.self()));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private PrimaryController primary(
            DomainDefinition definition, PrimaryMachine machine, Optional<PrimaryController.Running> running) {
        StatusBoard board = board();
        PrimaryController primary =
                new PrimaryController(services, definition, machine, running, board, this::retained);
        board.belongTo(primary::status, () -> over(primary));
        controller = primary;
        followed = Optional.empty();
        services.alive().get().forEach(p -> primary.post(new Event.PeerAlive(p)));
        primary.start();
        return primary;
    }

    synchronized void stop(long graceNanos) throws OperationRefusedException {
        require(Role.PRIMARY, "stop it on the host that runs it").post(new Event.StopRequested(graceNanos));
    }

    synchronized void protect(String standby) throws OperationRefusedException {
        Controller primary = require(Role.PRIMARY, "protect it on the host that runs it");
        DomainStatus now = primary.status();
        boolean underWay = now.state() == DomainState.SYNCING
                || now.state() == DomainState.JOINING
                || now.state() == DomainState.PROTECTED;
        if (underWay && now.peer().equals(standby)) {
            return;
        }
        if (now.state() != DomainState.SOLO) {
            throw new OperationRefusedException(
                    "domain " + name + " cannot be protected now: " + now.state() + ", " + now.reason());
        }
        primary.post(new Event.ProtectRequested(standby));
    }

    /** Never used before: the time, and chance for two within a microsecond or a clock set back. */
    private static long freshSession() {
        return System.currentTimeMillis() << 20 | ThreadLocalRandom.current().nextInt(1, 1 << 20);
    }

    synchronized void unprotect() throws OperationRefusedException {
        Controller primary = require(Role.PRIMARY, "unprotect it on the host that runs it");
        DomainStatus now = primary.status();
        if (now.state() == DomainState.SOLO || now.state() == DomainState.STARTING) {
            throw new OperationRefusedException("domain " + name + " is not protected");
        }
        primary.post(new Event.UnprotectRequested());
    }

    synchronized void takeover() throws OperationRefusedException {
        Controller standby = require(Role.STANDBY, "only its standby can take it over");
        DomainStatus now = standby.status();
        if (now.state() != DomainState.READY
                && now.state() != DomainState.CLAIMING
                && now.state() != DomainState.FENCING) {
            throw new OperationRefusedException(
                    "domain " + name + " cannot be taken over now: " + now.state() + ", " + now.reason());
        }
        standby.post(new Event.TakeoverRequested());
    }

    synchronized void switchover() throws OperationRefusedException {
        Controller primary = require(Role.PRIMARY, "ask the host that runs it");
        DomainStatus now = primary.status();
        if (now.state() != DomainState.PROTECTED) {
            throw new OperationRefusedException(
                    "domain " + name + " cannot be handed over now: " + now.state() + ", " + now.reason());
        }
        primary.post(new Event.SwitchoverRequested());
    }

    /** This host is being evacuated: hands the domain over if it can be, and sees to it that it soon can. */
    void evacuate() {
        Controller now = controller;
        if (now == null) {
            return;
        }
        if (now.status().state() == DomainState.PROTECTED) {
            now.post(new Event.SwitchoverRequested());
        }
    }

    private Controller require(Role role, String advice) throws OperationRefusedException {
        if (controller == null || controller.status().role() != role) {
            DomainStatus now = status();
            throw new OperationRefusedException("domain " + name + " is " + now.role() + " (" + now.state()
                    + ") on host " + services.self() + ": " + advice);
        }
        return controller;
    }

    /** Something that concerns whoever has the domain at present. */
    void tell(Event event) {
        Controller now = controller;
        if (now != null) {
            now.post(event);
        }
    }

    /** What the definition says of protection now. */
    void follow(ProtectionSettings settings) {
        if (controller instanceof PrimaryController && !followed.equals(Optional.of(settings))) {
            followed = Optional.of(settings);
            tell(new Event.SettingsRead(settings));
        }
    }

    private synchronized void retained(ImageId image) {
        retained = Optional.of(image);
        retainedNanos = System.nanoTime();
        LOG.info("domain {}: its memory as of epoch {} is kept for the next standby session", name, image.epoch());
    }

    /** Gives back the memory that was kept for a standby session that did not come. */
    void discardRetained(Duration after) {
        if (retained.isPresent()) { // only then: the lock is held while a hypervisor is started
            discard(after);
        }
    }

    private synchronized void discard(Duration after) {
        if (retained.isPresent() && controller == null && System.nanoTime() - retainedNanos >= after.toNanos()) {
            retained = Optional.empty();
            try {
                DomainPaths paths = services.configuration().paths(name);
                Files.deleteIfExists(paths.ramFile());
                Files.deleteIfExists(paths.retainedImage());
            } catch (IOException e) {
                LOG.warn("domain {}: memory that is no longer needed cannot be given back", name, e);
            }
        }
    }

    /** Lets the domain in as a standby. The offer has been checked. Blocks while the hypervisor starts. */
    synchronized StandbySlot admit(DomainDefinition definition, StandbyOffer offer, IncomingSession session)
            throws RefusedException {
        if (controller != null) {
            DomainStatus now = controller.status();
            boolean superseded = now.role() == Role.STANDBY && now.state() != DomainState.TAKING_OVER;
            if (!superseded) {
                throw new RefusedException("host " + services.self() + " is " + now.role() + " of domain " + name + " ("
                        + now.state() + ")");
            }
            // The record has been checked: it names no standby, so the old image is of no use to anybody.
            controller.letGo();
            controller = null;
        }
        Optional<ImageId> usable = retained.filter(image -> offer.resumedFrom().equals(retained));
        retained = Optional.empty();
        StatusBoard board = board();
        StandbyController standby = new StandbyController(
                services, definition, offer, session, board, usable, running -> promoted(definition, offer, running));
        board.belongTo(standby::status, () -> over(standby));
        controller = standby;
        try {
            standbyMark().set(offer.primary());
            standby.prepare();
            return standby;
        } catch (IOException | RuntimeException e) {
            controller = null;
            LOG.warn("domain {}: could not be prepared as standby", name, e);
            throw new RefusedException(
                    "host " + services.self() + " could not prepare: " + PrimaryController.reason(e));
        }
    }

    private synchronized void promoted(
            DomainDefinition definition, StandbyOffer offer, PrimaryController.Running running) {
        StandbyController standby = (StandbyController) controller;
        last = standby.status();
        stopMarker().set(false);
        standbyMark().clear();
        OwnershipRecord record = standby.won();
        String why = running.takeover()
                .map(t -> "not protected: taken over, " + t.reason())
                .orElse("not protected");
        Redundancy redundancy = redundancy(definition);
        if (standby.handedOver()) {
            redundancy.wish(offer.primary());
        }
        primary(
                definition,
                new PrimaryMachine(definition.protection(), redundancy, ManagedDomain::freshSession, record, why),
                Optional.of(running));
    }

    /**
     * Kemari has started: takes charge of a guest that an earlier Kemari on this host has left running, or starts the
     * domain by itself, if the definition wants that and the record allows it. Blocks until all is decided.
     */
    void begin(DomainDefinition definition) throws IOException, InterruptedException {
        Beginning.Outcome outcome = new Beginning(services, definition, this::note)
                .decide(
                        definition.autostart() && !stopMarker().isSet(),
                        standbyMark().reason());
        if (outcome instanceof Beginning.Outcome.Adopted adopted) {
            adopt(definition, adopted);
        } else if (outcome instanceof Beginning.Outcome.Start) {
            autostart(definition);
        }
    }

    private synchronized void autostart(DomainDefinition definition) {
        if (controller == null && !services.evacuating().getAsBoolean()) {
            launch(definition);
        }
    }

    private void adopt(DomainDefinition definition, Beginning.Outcome.Adopted adopted) throws IOException {
        DomainPaths paths = services.configuration().paths(name);
        DomainTap tap = services.eventTap().adopt(new TapRequest(definition, paths, false));
        Redundancy redundancy = redundancy(definition);
        WantedStandby.of(paths).take().ifPresent(redundancy::wish);
        synchronized (this) {
            primary(
                    definition,
                    new PrimaryMachine(
                            definition.protection(),
                            redundancy,
                            ManagedDomain::freshSession,
                            adopted.record(),
                            "not protected: adopted after a restart"),
                    Optional.of(new PrimaryController.Running(
                            adopted.vm(), tap, adopted.relay(), Optional.empty(), Optional.empty())));
        }
        adopted.vm().awaitReady(ADOPTION_TIMEOUT);
        tap.activate();
        adopted.vm().resume();
        LOG.info("domain {}: adopted at generation {}", name, adopted.record().generation());
    }

    /** What there is to say of a domain that is not here. */
    private synchronized void note(String reason) {
        if (controller == null && !last.reason().equals(reason)) {
            LOG.info("domain {}: {}", name, reason);
            last = absent(last.state(), reason, last);
        }
    }

    private StandbyMark standbyMark() {
        return new StandbyMark(
                name, services.configuration().paths(name).stateDirectory().resolve("standby"));
    }

    private StopMarker stopMarker() {
        return new StopMarker(
                name, services.configuration().paths(name).runDirectory().resolve("stopped"));
    }

    /** A part of Kemari is being exchanged: {@link #letGo} follows. Does not block. */
    void prepareToLeave(boolean tapGoes) {
        Controller now = controller;
        if (now != null) {
            now.prepareToLeave(tapGoes);
        }
    }

    void awaitLeft() {
        Controller now = controller;
        if (now != null) {
            now.awaitLeft();
        }
    }

    synchronized void letGo() {
        if (controller != null) {
            controller.letGo();
            controller = null;
        }
        discardRetained(Duration.ZERO);
    }
}
