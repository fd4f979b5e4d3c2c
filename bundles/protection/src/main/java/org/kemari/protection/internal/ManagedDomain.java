package org.kemari.protection.internal;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.domain.DomainDefinition;
import org.kemari.api.hypervisor.VirtualMachine;
import org.kemari.api.protection.DomainState;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.OperationRefusedException;
import org.kemari.api.protection.Role;
import org.kemari.api.restoration.RestorationStatus;
import org.kemari.api.tap.DomainTap;
import org.kemari.api.tap.TapRequest;
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

    private final String name;
    private final Services services;
    private final BiConsumer<DomainStatus, DomainStatus> changed;
    private volatile Controller controller; // changed while holding this
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
        return new StatusBoard(name, last, changed, this::over);
    }

    /** The controller has come to its end; what it said last remains. */
    private synchronized void over() {
        DomainStatus s = controller.status();
        last = new DomainStatus(
                name,
                Role.NONE,
                s.state(),
                s.reason(),
                "",
                s.generation(),
                0,
                0,
                s.sinceEpochMillis(),
                0,
                s.guestResets(),
                SyncProgress.NONE,
                Optional.empty(),
                List.of(),
                s.restoration(),
                s.lastTakeover());
        controller = null;
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
        PrimaryController primary = primary(definition, new PrimaryMachine(definition.protection()), Optional.empty());
        primary.post(new Event.StartRequested());
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
        PrimaryController primary = new PrimaryController(services, definition, machine, running, board);
        board.reader(primary::status);
        controller = primary;
        primary.start();
        return primary;
    }

    synchronized void stop(long graceNanos) throws OperationRefusedException {
        require(Role.PRIMARY, "stop it on the host that runs it").post(new Event.StopRequested(graceNanos));
    }

    synchronized void protect(String standby) throws OperationRefusedException {
        Controller primary = require(Role.PRIMARY, "protect it on the host that runs it");
        DomainStatus now = primary.status();
        if (now.state() != DomainState.SOLO) {
            throw new OperationRefusedException(
                    "domain " + name + " cannot be protected now: " + now.state() + ", " + now.reason());
        }
        primary.post(new Event.ProtectRequested(standby, freshSession()));
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
        if (now.state() != DomainState.READY && now.state() != DomainState.CLAIMING) {
            throw new OperationRefusedException(
                    "domain " + name + " cannot be taken over now: " + now.state() + ", " + now.reason());
        }
        standby.post(new Event.TakeoverRequested());
    }

    private Controller require(Role role, String advice) throws OperationRefusedException {
        if (controller == null || controller.status().role() != role) {
            DomainStatus now = status();
            throw new OperationRefusedException("domain " + name + " is " + now.role() + " (" + now.state()
                    + ") on host " + services.self() + ": " + advice);
        }
        return controller;
    }

    void peerLost(String peer, String reason) {
        Controller now = controller;
        if (now != null) {
            now.post(new Event.PeerLost(peer, reason));
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
        StatusBoard board = board();
        StandbyController standby = new StandbyController(
                services, definition, offer, session, board, running -> promoted(definition, running));
        board.reader(standby::status);
        controller = standby;
        try {
            standby.prepare();
            return standby;
        } catch (IOException | RuntimeException e) {
            controller = null;
            LOG.warn("domain {}: could not be prepared as standby", name, e);
            throw new RefusedException(
                    "host " + services.self() + " could not prepare: " + PrimaryController.reason(e));
        }
    }

    private synchronized void promoted(DomainDefinition definition, PrimaryController.Running running) {
        StandbyController standby = (StandbyController) controller;
        last = standby.status();
        OwnershipRecord record = standby.won();
        String why = running.takeover()
                .map(t -> "not protected: taken over, " + t.reason())
                .orElse("not protected");
        primary(definition, new PrimaryMachine(definition.protection(), record, why), Optional.of(running));
    }

    /**
     * Takes charge of a guest that an earlier Kemari on this host has left running, if the record allows that; ends it
     * otherwise. Blocks until the arbiter has answered.
     */
    void adopt(DomainDefinition definition) throws IOException, InterruptedException {
        VmRelay relay = new VmRelay(name);
        Optional<VirtualMachine> found =
                services.hypervisor().adopt(definition, services.configuration().paths(name), relay);
        if (found.isEmpty()) {
            return;
        }
        VirtualMachine vm = found.get();
        ClaimResult result = services.ask(name, new Claim.Start(), false);
        while (result instanceof ClaimResult.Open open) {
            LOG.warn("domain {}: left running by an earlier Kemari, waiting for the arbiter: {}", name, open.reason());
            Thread.sleep(1000);
            result = services.ask(name, new Claim.Start(), false);
        }
        if (result instanceof ClaimResult.Refused refused) {
            LOG.warn("domain {}: a guest left running by an earlier Kemari is ended: {}", name, refused.reason());
            vm.destroy();
            return;
        }
        OwnershipRecord record = ((ClaimResult.Won) result).record();
        DomainTap tap = services.eventTap()
                .open(new TapRequest(definition, services.configuration().paths(name), false));
        synchronized (this) {
            primary(
                    definition,
                    new PrimaryMachine(definition.protection(), record, "not protected: adopted after a restart"),
                    Optional.of(new PrimaryController.Running(vm, tap, relay, Optional.empty())));
        }
        vm.awaitReady(java.time.Duration.ofSeconds(30));
        tap.activate();
        vm.resume();
        LOG.info("domain {}: adopted at generation {}", name, record.generation());
    }

    synchronized void letGo() {
        if (controller != null) {
            controller.letGo();
            controller = null;
        }
    }
}
