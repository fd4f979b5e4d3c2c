package org.kemari.protection.internal;

import java.util.List;
import java.util.Optional;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.hypervisor.VmExit;
import org.kemari.api.protection.DomainState;
import org.kemari.api.transfer.Farewell;
import org.kemari.api.transfer.ImageId;
import org.kemari.simulation.Coverage;
import org.kemari.simulation.Guest;
import org.kemari.simulation.Host;
import org.kemari.simulation.Image;
import org.kemari.simulation.Machine;
import org.kemari.simulation.RetainedMemory;
import org.kemari.simulation.Tap;
import org.kemari.simulation.Variant;
import org.kemari.simulation.World;

/** Carries out what a {@link StandbyMachine} wants: {@link StandbyController} in the simulated world. */
final class SimulatedStandby implements SimulatedConductor.Score, SimulatedIncoming.Slot {
    static final String SUPERSEDED = "superseded";
    private static final long SILENCE_NANOS = 500_000_000L;
    private static final long FENCE_RETRY_NANOS = 2_000_000_000L;

    private final SimulatedKemari kemari;
    private final Host host;
    private final World world;
    private final SimulatedIncoming incoming;
    private final StandbyMachine machine;
    private final SimulatedConductor conductor;
    private Machine vm;
    private Tap tap;

    SimulatedStandby(SimulatedKemari kemari, Host host, SimulatedIncoming incoming) {
        this.kemari = kemari;
        this.host = host;
        this.world = host.world;
        this.incoming = incoming;
        this.machine = new StandbyMachine(
                incoming.offer().primary(),
                incoming.offer().generation(),
                incoming.session(),
                SILENCE_NANOS,
                world.plan.sharedDisk(),
                FENCE_RETRY_NANOS);
        this.conductor = new SimulatedConductor(host, this);
    }

    /** The hypervisor has been started. */
    void prepared(Optional<RetainedMemory> retained, Optional<Image> inUse) {
        vm = new Machine(host, Guest.in(new byte[Guest.MEMORY_BYTES]));
        host.machine = vm;
        tap = new Tap(vm);
        host.use(tap);
        vm.attach(tap, reason -> post(new Event.VmExited(new VmExit(VmExit.Cause.HYPERVISOR_FAILED, reason))));
        Image image = inUse.orElseGet(
                () -> new Image(retained.map(RetainedMemory::memory).orElseGet(() -> new byte[Guest.MEMORY_BYTES])));
        Optional<ImageId> id = retained.map(r -> world.plan.variant() == Variant.OLD_IMAGE
                ? incoming.offer().resumedFrom().orElseThrow()
                : r.id());
        incoming.serve(this, image, id, retained.map(RetainedMemory::changed).orElse(0));
    }

    Image image() {
        return incoming.image();
    }

    boolean handedOver() {
        return machine.handedOver();
    }

    String primary() {
        return incoming.offer().primary();
    }

    DomainState state() {
        return machine.state();
    }

    String reason() {
        return machine.reason();
    }

    void post(Event event) {
        conductor.post(event);
    }

    @Override
    public List<Action> handle(Event event, long nowNanos) {
        if (!(event instanceof Event.Applied) && !(event instanceof Event.Tick)) {
            machine.committed(incoming.committedEpoch());
        }
        List<Action> actions = machine.handle(event, nowNanos);
        if (machine.state() == DomainState.STOPPED || machine.state() == DomainState.FAILED) {
            host.later(0, () -> kemari.over(this));
        }
        return actions;
    }

    @Override
    public long deadlineNanos() {
        return machine.deadlineNanos();
    }

    @Override
    public void perform(Action action) {
        if (action instanceof Action.Ask a) {
            kemari.office().ask(a.claim(), result -> post(new Event.ClaimEnded(a.claim(), result)));
        } else if (action instanceof Action.Fence a) {
            fence(world.host(a.host()));
        } else if (action instanceof Action.TakeOver a) {
            conductor.block();
            incoming.seal(epoch -> takeOver(a.record(), epoch));
        } else if (action instanceof Action.Abandon a) {
            incoming.abandon(a.reason());
        } else if (action instanceof Action.Destroy) {
            destroy();
        } else {
            throw new IllegalStateException("not an action of a standby: " + action);
        }
    }

    private void fence(Host target) {
        world.coverage.count(Coverage.Event.FENCES);
        if (world.plan.variant() == Variant.EXECUTE_BEFORE_FENCE) {
            post(new Event.Fenced());
            return;
        }
        host.later(world.dice.millis(20, 800), () -> {
            if (!world.isHealed() && world.dice.chance(0.2)) {
                world.coverage.count(Coverage.Event.FAILED_FENCES);
                post(new Event.FenceFailed("the management board does not answer"));
                return;
            }
            world.powerOff(target);
            post(new Event.Fenced());
        });
    }

    private void takeOver(OwnershipRecord record, long epoch) {
        conductor.unblock();
        if (epoch == 0) {
            post(new Event.TakeoverFailed("there is no committed checkpoint to resume from"));
            return;
        }
        if (!vm.isAlive()) {
            post(new Event.TakeoverFailed("the waiting hypervisor is gone"));
            return;
        }
        conductor.block();
        host.later(world.dice.micros(500, 20_000), () -> resume(record, epoch));
    }

    private void resume(OwnershipRecord record, long epoch) {
        conductor.unblock();
        if (!vm.isAlive()) {
            post(new Event.TakeoverFailed("the waiting hypervisor is gone"));
            return;
        }
        byte[] memory = incoming.image().memory();
        world.outside.imageIs(host, incoming.session(), epoch, memory);
        vm.load(memory);
        world.outside.takesOver(host, vm.guest());
        world.coverage.count(machine.handedOver() ? Coverage.Event.SWITCHOVERS : Coverage.Event.TAKEOVERS);
        tap.restore(world.plan.variant() == Variant.FORGOTTEN_REQUESTS);
        host.standbyMark = false;
        conductor.close();
        kemari.promoted(this, vm, tap, record, new ImageId(incoming.session(), epoch));
        vm.resume();
    }

    private void destroy() {
        if (tap != null) {
            tap.close(() -> {});
        }
        if (vm != null) {
            vm.destroy();
        }
    }

    void letGo() {
        conductor.close();
        incoming.abandon(SUPERSEDED);
        destroy();
    }

    // ---- the incoming session

    @Override
    public void applied(long epoch) {
        post(new Event.Applied(epoch));
    }

    @Override
    public void imageLost(String reason) {
        post(new Event.ImageLost(reason));
    }

    @Override
    public void joined(OwnershipRecord record) {
        world.records.learn(host, record);
        post(new Event.Joined(record));
    }

    @Override
    public void farewell(Farewell farewell, String detail) {
        post(new Event.PrimarySaid(farewell, detail));
    }

    @Override
    public void ended(String why) {
        post(new Event.SessionEnded(incoming.session(), why));
    }
}
