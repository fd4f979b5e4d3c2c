package org.kemari.protection.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.domain.FencePolicy;
import org.kemari.api.domain.ProtectionSettings;
import org.kemari.api.domain.WritePolicy;
import org.kemari.api.protection.DomainState;
import org.kemari.api.transfer.ImageId;
import org.kemari.health.internal.SimulatedHealth;
import org.kemari.simulation.Connection;
import org.kemari.simulation.Coverage;
import org.kemari.simulation.Host;
import org.kemari.simulation.Image;
import org.kemari.simulation.Machine;
import org.kemari.simulation.RetainedMemory;
import org.kemari.simulation.Tap;
import org.kemari.simulation.Variant;
import org.kemari.simulation.World;
import org.kemari.statetransfer.internal.wire.FrameHeader;
import org.kemari.statetransfer.internal.wire.Limits;
import org.kemari.statetransfer.internal.wire.SimulatedWire;

/** Kemari on one host with one domain: {@link ManagedDomain} and {@link ProtectionComponent} in the simulated world. */
public final class SimulatedKemari implements Host.Software {
    static final String DOMAIN = "web";
    private static final long LOOK_AGAIN_NANOS = 1_000_000_000L;

    private final Host host;
    private final World world;
    private final SimulatedOffice office;
    private final ProtectionSettings settings;
    private final List<SimulatedHealth> peers = new ArrayList<>();
    private final List<Host> peerHosts = new ArrayList<>();
    private final long startedNanos;
    private SimulatedPrimary primary;
    private SimulatedStandby standby;
    private boolean beginning = true;

    public SimulatedKemari(Host host) {
        this.host = host;
        this.world = host.world;
        this.office = new SimulatedOffice(host);
        this.startedNanos = world.agenda.nowNanos();
        this.settings = new ProtectionSettings(
                world.hosts().stream().map(h -> h.name).toList(),
                true,
                world.plan.sharedDisk() ? FencePolicy.ALWAYS : FencePolicy.NEVER,
                Duration.ofSeconds(1),
                Duration.ZERO,
                world.plan.runAhead() ? WritePolicy.RUN_AHEAD : WritePolicy.HOLD,
                world.plan.epochsInFlight(),
                Duration.ofMillis(world.plan.targetLatencyMillis()));
    }

    SimulatedOffice office() {
        return office;
    }

    @Override
    public void start() {
        for (Host peer : world.hosts()) {
            if (peer != host) {
                peerHosts.add(peer);
                peers.add(new SimulatedHealth(host, peer, (alive, why) -> peerChanged(peer, alive, why)));
            }
        }
        peers.forEach(SimulatedHealth::start);
        host.later(world.dice.micros(100, 2_000), this::begin);
    }

    private void peerChanged(Host peer, boolean alive, String why) {
        if (world.trace.on()) {
            world.trace.say(host + ": " + peer + (alive ? " is there" : " is lost: " + why));
        }
        Event event = alive ? new Event.PeerAlive(peer.name) : new Event.PeerLost(peer.name, why);
        if (primary != null) {
            primary.post(event);
        } else if (standby != null) {
            standby.post(event);
        }
    }

    @Override
    public void peerProcessEnded(Host peer, int peerIncarnation) {
        for (int i = 0; i < peers.size(); i++) {
            if (peerHosts.get(i) == peer) {
                peers.get(i).peerProcessEnded(peerIncarnation);
            }
        }
    }

    // ---- the start

    private void begin() {
        boolean found = host.machine != null;
        boolean autostart = world.plan.autostart() && !host.stoppedByWill;
        office.read(read -> {
            if (primary != null || standby != null) {
                beginning = false;
                return;
            }
            Startup.Step step = Startup.Step.WAIT;
            if (read.isPresent()) {
                long elapsed = world.agenda.nowNanos() - startedNanos;
                step = Startup.advise(host.name, read.get(), found, autostart, unfinished(), elapsed)
                        .step();
            } else if (!found && !autostart) {
                step = Startup.Step.NOTHING;
            }
            switch (step) {
                case WAIT -> host.later(LOOK_AGAIN_NANOS, this::begin);
                case ADOPT -> adopt();
                case DESTROY -> {
                    endLeftOver();
                    beginning = false;
                }
                case START -> {
                    beginning = false;
                    launch();
                }
                default -> beginning = false;
            }
        });
    }

    private Optional<String> unfinished() {
        return host.standbyMark ? Optional.of("a takeover was not finished") : Optional.empty();
    }

    private void endLeftOver() {
        if (host.machine != null) {
            host.machine.destroy();
        }
    }

    private void adopt() {
        Machine found = host.machine;
        if (found == null || !found.isAlive()) {
            beginning = false;
            return;
        }
        office.ask(new Claim.Start(), result -> {
            if (result instanceof ClaimResult.Open) {
                host.later(LOOK_AGAIN_NANOS, this::adopt);
            } else if (result instanceof ClaimResult.Won won) {
                beginning = false;
                adopted(found, won.record());
            } else {
                beginning = false;
                endLeftOver();
            }
        });
    }

    private void adopted(Machine vm, OwnershipRecord record) {
        if (!vm.isAlive()) {
            return;
        }
        world.coverage.count(Coverage.Event.ADOPTIONS);
        world.outside.adopts(host, vm.guest());
        boolean served = host.tap() != null && host.tap().isLeft();
        Tap tap = served ? host.tap() : new Tap(vm);
        tap.rejoin();
        host.use(tap);
        promote(
                new PrimaryMachine(settings, redundancy(), world::freshSession, record, "adopted after a restart"),
                vm,
                tap,
                Optional.empty());
        if (!served) {
            tap.restore(false);
        }
        vm.resume();
    }

    /** The primary's controller is gone, and what it looked after is not. */
    void exchanged(SimulatedPrimary controller) {
        if (primary != controller) {
            return;
        }
        world.coverage.count(Coverage.Event.EXCHANGES);
        primary = null;
        beginning = true;
        host.later(world.dice.millis(20, 1_000), this::begin);
    }

    private Redundancy redundancy() {
        return new Redundancy(host.name, settings);
    }

    private void launch() {
        host.stoppedByWill = false;
        primary = new SimulatedPrimary(
                this, host, new PrimaryMachine(settings, redundancy(), world::freshSession), Optional.empty());
        tellOfPeers();
        primary.post(new Event.StartRequested());
    }

    private void tellOfPeers() {
        for (int i = 0; i < peers.size(); i++) {
            if (peers.get(i).isAlive()) {
                primary.post(new Event.PeerAlive(peerHosts.get(i).name));
            }
        }
    }

    private void promote(PrimaryMachine machine, Machine vm, Tap tap, Optional<ImageId> resumedFrom) {
        primary = new SimulatedPrimary(this, host, machine, resumedFrom);
        primary.running(vm, tap);
        tellOfPeers();
    }

    void promoted(SimulatedStandby from, Machine vm, Tap tap, OwnershipRecord record, ImageId image) {
        standby = null;
        Redundancy redundancy = redundancy();
        if (from.handedOver()) {
            redundancy.wish(from.primary());
        }
        PrimaryMachine machine =
                new PrimaryMachine(settings, redundancy, world::freshSession, record, "not protected: taken over");
        promote(machine, vm, tap, Optional.of(image));
    }

    void over(Object controller) {
        if (controller == primary && primary != null) {
            host.stoppedByWill |= primary.state() == DomainState.STOPPED;
            primary = null;
        } else if (controller == standby) {
            standby = null;
        }
    }

    // ---- operators

    @Override
    public void command(Host.Command command, Host other) {
        if (command == Host.Command.START) {
            boolean foreign = world.records
                    .read(host)
                    .filter(r -> !r.owner().equals(host.name))
                    .isPresent();
            // an operator who has to be the arbiter himself knows where it belongs
            boolean elsewhere = world.plan.ownStores()
                    && world.records
                            .truth()
                            .map(r -> !r.owner().equals(host.name))
                            .orElse(host.index != 0);
            if (primary == null && standby == null && !beginning && !foreign && !elsewhere && !host.standbyMark) {
                launch();
            }
        } else if (command == Host.Command.TAKEOVER) {
            if (standby != null && (standby.state() == DomainState.READY || standby.state() == DomainState.CLAIMING)) {
                standby.post(new Event.TakeoverRequested());
            }
        } else if (primary != null) {
            order(command, other);
        }
    }

    private void order(Host.Command command, Host other) {
        DomainState state = primary.state();
        switch (command) {
            case PROTECT -> {
                if (state == DomainState.SOLO) {
                    primary.post(new Event.ProtectRequested(other.name));
                }
            }
            case UNPROTECT -> {
                if (state != DomainState.SOLO && state != DomainState.STARTING) {
                    primary.post(new Event.UnprotectRequested());
                }
            }
            case SWITCHOVER -> {
                if (state == DomainState.PROTECTED) {
                    primary.post(new Event.SwitchoverRequested());
                }
            }
            case EXCHANGE -> primary.exchange();
            case STOP -> primary.post(new Event.StopRequested(world.dice.chance(0.5) ? 0 : 2_000_000_000L));
            default -> throw new IllegalArgumentException(command.name());
        }
    }

    // ---- offers

    @Override
    public void accept(Connection.End link) {
        new SimulatedIncoming(host, link, this::gate);
    }

    private void gate(SimulatedIncoming incoming) {
        office.read(read -> {
            String primaryHost = incoming.offer().primary();
            if (read.isEmpty()) {
                incoming.refuse("the arbiter cannot be asked");
                return;
            }
            Optional<String> refusal =
                    Admission.refusal(read.get(), primaryHost, incoming.offer().generation());
            if (refusal.isPresent()) {
                incoming.refuse(refusal.get());
                return;
            }
            admit(incoming);
        });
    }

    private void admit(SimulatedIncoming incoming) {
        boolean superseded = standby != null && standby.state() != DomainState.TAKING_OVER;
        boolean leftOver = standby == null && host.machine != null;
        if (primary != null || standby != null && !superseded || leftOver) {
            incoming.refuse("host " + host + " has it already");
            return;
        }
        Optional<Image> inUse = Optional.empty();
        if (standby != null) {
            if (world.plan.variant() == Variant.OLD_STREAM) {
                inUse = Optional.ofNullable(standby.image());
            }
            standby.letGo();
        }
        Optional<RetainedMemory> usable = Optional.ofNullable(host.retained)
                .filter(r -> incoming.offer().resumedFrom().equals(Optional.of(r.id()))
                        || world.plan.variant() == Variant.OLD_IMAGE
                                && incoming.offer().resumedFrom().isPresent());
        host.retained = null;
        host.standbyMark = world.plan.variant() != Variant.NO_STANDBY_MARK;
        SimulatedStandby next = new SimulatedStandby(this, host, incoming);
        standby = next;
        Optional<Image> begin = inUse;
        host.later(world.dice.millis(10, 100), () -> {
            if (standby == next) {
                next.prepared(usable, begin);
            }
        });
    }

    @Override
    public Host.Situation situation() {
        if (primary != null) {
            return new Host.Situation(
                    "primary, " + primary.state() + ": " + primary.reason(),
                    true,
                    primary.isRunning(),
                    primary.state() == DomainState.PROTECTED,
                    false,
                    false);
        }
        if (standby != null) {
            return new Host.Situation(
                    "standby, " + standby.state() + ": " + standby.reason(),
                    false,
                    false,
                    false,
                    true,
                    standby.state() == DomainState.READY);
        }
        return new Host.Situation(beginning ? "starting" : "nothing", false, false, false, false, false);
    }

    /** A stream has ended: what is left of it must be refused, not understood. */
    static void readTruncated(World world, SimulatedWire.Input input) {
        if (input.isEmpty() || !input.isIncomplete()) {
            return;
        }
        world.coverage.count(Coverage.Event.TRUNCATED_STREAMS);
        try {
            FrameHeader header = input.header();
            input.payload(header, Limits.NONE);
        } catch (IOException e) {
            return;
        }
        throw new org.kemari.simulation.Violation("a truncated frame was understood");
    }
}
