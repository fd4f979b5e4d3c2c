package org.kemari.protection.internal;

import java.util.List;
import java.util.Optional;
import org.kemari.api.hypervisor.VmExit;
import org.kemari.api.protection.DomainState;
import org.kemari.api.transfer.Farewell;
import org.kemari.api.transfer.ImageId;
import org.kemari.simulation.Coverage;
import org.kemari.simulation.Guest;
import org.kemari.simulation.Host;
import org.kemari.simulation.Machine;
import org.kemari.simulation.RetainedMemory;
import org.kemari.simulation.Tap;
import org.kemari.simulation.Variant;
import org.kemari.simulation.World;

/** Carries out what a {@link PrimaryMachine} wants: {@link PrimaryController} in the simulated world. */
final class SimulatedPrimary implements SimulatedConductor.Score, Tap.Listener {
    private static final long LEAVE_PATIENCE_NANOS = 3_000_000_000L;

    private final SimulatedKemari kemari;
    private final Host host;
    private final World world;
    private final PrimaryMachine machine;
    private final SimulatedConductor conductor;
    private Machine vm;
    private Tap tap;
    private SimulatedOutgoing outgoing;
    private final ReleaseGate gate = new ReleaseGate(this::release);
    private Optional<ImageId> resumedFrom;
    private boolean launching;
    private boolean begun;
    private boolean everProtected;
    private DomainState last = DomainState.STOPPED;

    SimulatedPrimary(SimulatedKemari kemari, Host host, PrimaryMachine machine, Optional<ImageId> resumedFrom) {
        this.kemari = kemari;
        this.host = host;
        this.world = host.world;
        this.machine = machine;
        this.resumedFrom = resumedFrom;
        this.conductor = new SimulatedConductor(host, this);
    }

    /** What runs already when this begins. */
    void running(Machine runningVm, Tap runningTap) {
        vm = runningVm;
        tap = runningTap;
        tap.setListener(this);
        vm.attach(tap, this::exited);
        conductor.post(new Event.Tick());
    }

    void post(Event event) {
        conductor.post(event);
    }

    DomainState state() {
        return machine.state();
    }

    String reason() {
        return machine.reason();
    }

    boolean isRunning() {
        return vm != null && vm.isRunning() && machine.state() != DomainState.STOPPED;
    }

    private void exited(String reason) {
        post(new Event.VmExited(new VmExit(VmExit.Cause.HYPERVISOR_FAILED, reason)));
    }

    @Override
    public List<Action> handle(Event event, long nowNanos) {
        if (machine.countsHeld()) {
            machine.held(tap.held(), nowNanos);
        }
        List<Action> actions = machine.handle(event, nowNanos);
        gate.open(machine.releasing());
        begun |= machine.state() != DomainState.STOPPED;
        if (machine.state() != last) {
            changed(last, machine.state());
            last = machine.state();
        }
        return actions;
    }

    private void release(long epoch) {
        tap.release(world.plan.variant() == Variant.RELEASE_AHEAD ? epoch + 1 : epoch);
    }

    private void changed(DomainState before, DomainState now) {
        if (now == DomainState.PROTECTED) {
            world.coverage.count(
                    everProtected || resumedFrom.isPresent()
                            ? Coverage.Event.PROTECTIONS_AGAIN
                            : Coverage.Event.PROTECTIONS);
            everProtected = true;
        } else if (before == DomainState.HOLDING && now == DomainState.SOLO) {
            world.coverage.count(Coverage.Event.DROPS);
        }
    }

    private void endIfOver() {
        boolean over = machine.state() == DomainState.STOPPED || machine.state() == DomainState.FAILED;
        if (begun && over && vm == null && !launching) {
            kemari.over(this);
        }
    }

    @Override
    public long deadlineNanos() {
        host.later(0, this::endIfOver);
        return machine.deadlineNanos();
    }

    @Override
    public void perform(Action action) {
        if (action instanceof Action.TakeCheckpoint a) {
            takeCheckpoint(a.epoch());
        } else if (action instanceof Action.Release a) {
            release(a.epoch());
        } else if (action instanceof Action.Ask a) {
            if (a.claim() instanceof Claim.Join && world.plan.variant() == Variant.HOLD_TOO_LATE) {
                tap.hold(() -> {});
            }
            kemari.office().ask(a.claim(), result -> post(new Event.ClaimEnded(a.claim(), result)));
        } else if (action instanceof Action.Launch) {
            launch();
        } else if (action instanceof Action.OpenSession a) {
            openSession(a.standby(), a.session());
        } else if (action instanceof Action.SyncLive) {
            long number = machine.session();
            outgoing.syncLive(() -> post(new Event.SyncDone(number)));
        } else if (action instanceof Action.HoldOutputs) {
            holdOutputs();
        } else if (action instanceof Action.LogChanges a) {
            if (!world.plan.sharedDisk()) {
                host.disk.startLog(a.standby(), a.session());
            }
        } else if (action instanceof Action.RunAhead) {
            tap.runAhead();
        } else if (action instanceof Action.KeepFailed a) {
            tap.keepFailed(a.on());
        } else if (action instanceof Action.Drain) {
            drain();
        } else if (action instanceof Action.PassThrough) {
            host.disk.track(false);
            tap.passThrough();
        } else if (action instanceof Action.SendJoined a) {
            if (outgoing != null) {
                outgoing.sendJoined(a.record());
            }
        } else if (action instanceof Action.SayFarewell a) {
            sayFarewell(a);
        } else if (action instanceof Action.CloseSession) {
            closeSession();
        } else if (action instanceof Action.Leave) {
            tap.leave();
            host.later(0, this::letGo);
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

    /** A part of Kemari is exchanged: who comes next finds guest and tap as they are. */
    void exchange() {
        post(new Event.LeaveRequested());
        host.later(LEAVE_PATIENCE_NANOS, this::letGo);
    }

    /** As a crash, unless all is well by then. */
    private void letGo() {
        if (conductor.isClosed() || launching) {
            return;
        }
        conductor.close();
        gate.open(0);
        closeSession();
        if (tap == null || tap.isLeft()) {
            kemari.exchanged(this);
        } else {
            tap.close(() -> kemari.exchanged(this));
        }
    }

    private void launch() {
        launching = true;
        host.later(world.dice.millis(20, 100), () -> {
            launching = false;
            if (!world.isHealed() && world.dice.chance(0.02)) {
                post(new Event.LaunchFailed("no memory"));
                return;
            }
            world.coverage.count(Coverage.Event.COLD_BOOTS);
            vm = new Machine(host, Guest.booted(world.outside.boots(host), host.disk));
            host.machine = vm;
            tap = new Tap(vm);
            tap.setListener(this);
            host.use(tap);
            vm.attach(tap, this::exited);
            vm.resume();
            post(new Event.Launched());
        });
    }

    private void openSession(String standby, long number) {
        Optional<ImageId> begin = resumedFrom;
        outgoing = new SimulatedOutgoing(
                host, world.host(standby), number, machine.generation(), vm, begin, new SimulatedOutgoing.Listener() {
                    @Override
                    public void opened() {
                        resumedFrom = Optional.empty();
                        post(new Event.SessionOpened(number));
                    }

                    @Override
                    public void committed(long epoch) {
                        long of = number();
                        gate.committed(of, epoch);
                        post(new Event.Committed(of, epoch));
                    }

                    @Override
                    public void ended(String reason) {
                        post(new Event.SessionEnded(number, reason));
                    }

                    private long number() {
                        if (machine.session() != number) {
                            world.coverage.count(Coverage.Event.EVENTS_OF_OLD_SESSIONS);
                        }
                        boolean counts = world.plan.variant() == Variant.OLD_ACKNOWLEDGEMENT
                                && (machine.state() == DomainState.JOINING || machine.state() == DomainState.PROTECTED);
                        return counts ? machine.session() : number;
                    }
                });
        outgoing.open();
    }

    private void holdOutputs() {
        long number = machine.session();
        SimulatedOutgoing now = outgoing;
        Runnable copy = () -> now.syncDisks(() -> post(new Event.OutputsHeld(number)));
        if (world.plan.variant() == Variant.HOLD_TOO_LATE) {
            copy.run();
            return;
        }
        conductor.block();
        tap.hold(() -> {
            conductor.unblock();
            copy.run();
        });
    }

    private void drain() {
        long number = machine.session();
        conductor.block();
        tap.hold(() -> {
            conductor.unblock();
            post(new Event.Drained(number));
        });
    }

    private void takeCheckpoint(long epoch) {
        if (!vm.isAlive()) {
            return; // its exit is reported
        }
        long number = machine.session();
        conductor.block();
        outgoing.checkpoint(epoch, tap, () -> {
            conductor.unblock();
            if (world.plan.variant() == Variant.RELEASE_BEFORE_COMMIT) {
                tap.release(epoch);
            }
            post(new Event.CheckpointSent(number, epoch));
        });
    }

    private void sayFarewell(Action.SayFarewell a) {
        if (outgoing != null) {
            outgoing.sendFarewell(a.farewell(), a.detail());
        }
        if (a.farewell() == Farewell.STORAGE_FAILED) {
            world.coverage.count(Coverage.Event.STORAGE_HANDOVERS);
        }
        if (a.farewell() == Farewell.SWITCHOVER && world.plan.variant() == Variant.RELEASE_AFTER_SWITCHOVER) {
            tap.passThrough();
        }
    }

    private void closeSession() {
        if (outgoing != null) {
            outgoing.close();
            outgoing = null;
        }
    }

    private void powerDown() {
        Machine asked = vm;
        host.later(world.dice.millis(20, 300), () -> {
            // a guest that another controller has found by now goes on, as guests may
            if (asked != null && asked.isAlive() && !conductor.isClosed()) {
                world.coverage.count(Coverage.Event.GUEST_SHUTDOWNS);
                asked.pause();
                post(new Event.VmExited(new VmExit(VmExit.Cause.GUEST_POWERED_OFF, "")));
            }
        });
    }

    private void destroy() {
        Machine ending = vm;
        vm = null;
        if (tap == null) {
            return;
        }
        conductor.block();
        tap.close(() -> {
            if (ending != null) {
                ending.destroy();
            }
            conductor.unblock();
            endIfOver();
        });
    }

    /** The guest runs elsewhere now, from checkpoint {@code epoch} on. */
    private void retire(long epoch) {
        Machine ending = vm;
        SimulatedOutgoing lastSession = outgoing;
        if (ending == null || lastSession == null || !ending.isAlive()) {
            closeSession();
            destroy();
            return;
        }
        vm = null;
        ending.pause();
        conductor.block();
        tap.close(() -> {
            Guest guest = ending.guest();
            host.retained =
                    new RetainedMemory(new ImageId(lastSession.session(), epoch), guest.memory(), guest.takeDirty());
            closeSession();
            ending.destroy();
            conductor.unblock();
            endIfOver();
        });
    }

    // ---- the tap

    @Override
    public void outputHeld() {
        post(new Event.OutputHeld());
    }

    @Override
    public void diskFailed(String reason) {
        post(new Event.StorageFailed("disk0", reason));
    }
}
