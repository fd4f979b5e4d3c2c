package org.kemari.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.kemari.api.tap.TapSnapshot;
import org.kemari.simulation.Coverage.Event;

/** The event tap of a machine: holds, releases and executes, as its contract in the API says. */
public final class Tap {
    /** Told as Kemari's tap tells. */
    public interface Listener {
        void outputHeld();

        void diskFailed(String reason);
    }

    private record Output(int output, int slot) {}

    private record Batch(long epoch, List<Output> outputs) {}

    private final Host host;
    private final World world;
    private final Machine machine;
    private Listener listener;
    private boolean holding;
    private boolean ahead;
    private boolean closed;
    private boolean told;
    private boolean keepFailed;
    private boolean failureTold;
    private List<Output> current = new ArrayList<>();
    private final Deque<Batch> prepared = new ArrayDeque<>();
    private final List<Output> kept = new ArrayList<>();
    /** What has run ahead since the last pause, and what had before. */
    private List<Integer> journal = new ArrayList<>();

    private List<Integer> cut = List.of();
    private final Set<Output> runningAhead = new HashSet<>();
    private int executing;
    private final List<Output> inFlight = new ArrayList<>(); // given to the kernel
    private final List<Runnable> drained = new ArrayList<>();

    public Tap(Machine machine) {
        this.machine = machine;
        this.host = machine.host;
        this.world = host.world;
    }

    public void setListener(Listener newListener) {
        listener = newListener;
    }

    // ---- what the guest does

    void offer(int output, int slot) {
        if (closed) {
            return;
        }
        Output it = new Output(output, slot);
        if (!holding) {
            execute(it);
            return;
        }
        if (ahead && (slot >= 0 || world.plan.variant() == Variant.PACKETS_AHEAD)) {
            executeAhead(it);
            return;
        }
        world.coverage.count(Event.OUTPUTS_HELD);
        current.add(it);
        if (!told) {
            told = true;
            listener.outputHeld();
        }
    }

    // ---- what Kemari does

    /** Holds from now on; runs the task when nothing is being executed any more. */
    public void hold(Runnable whenDrained) {
        holding = world.plan.variant() != Variant.NO_HOLD;
        ahead = false;
        whenDrained(whenDrained);
    }

    public void whenDrained(Runnable task) {
        if (executing == 0) {
            task.run();
        } else {
            drained.add(task);
        }
    }

    /** Writes do not wait any more, those that are held already either. */
    public void runAhead() {
        ahead = true;
        journal.clear();
        runningAhead.clear();
        for (Output it : List.copyOf(current)) {
            if (it.slot() >= 0) {
                current.remove(it);
                executeAhead(it);
            }
        }
    }

    public void passThrough() {
        holding = false;
        ahead = false;
        told = false;
        List<Output> all = new ArrayList<>();
        prepared.forEach(b -> all.addAll(b.outputs()));
        prepared.clear();
        all.addAll(current);
        current = new ArrayList<>();
        all.forEach(this::execute);
    }

    /** The pause of a checkpoint: the epoch ends with it. */
    public TapSnapshot prepare(long epoch) {
        prepared.add(new Batch(epoch, current));
        current = new ArrayList<>();
        told = false;
        cut = journal;
        if (world.plan.variant() != Variant.AHEAD_CUT_LATE) {
            journal = new ArrayList<>();
        }
        runningAhead.clear(); // what is still being executed is pending in the rings
        return machine.guest.rings();
    }

    /** Writes that were executed before the last pause, and are pending in no checkpoint. */
    public List<Integer> takeWrittenAhead() {
        List<Integer> taken = ahead && world.plan.variant() != Variant.AHEAD_FORGOTTEN ? List.copyOf(cut) : List.of();
        cut = List.of();
        if (world.plan.variant() == Variant.AHEAD_CUT_LATE) {
            journal.clear();
        }
        return taken;
    }

    public void release(long epoch) {
        while (!prepared.isEmpty() && prepared.peek().epoch() <= epoch) {
            prepared.poll().outputs().forEach(this::execute);
        }
    }

    public void keepFailed(boolean on) {
        keepFailed = on;
        if (!on) {
            failureTold = false;
            List<Output> failed = new ArrayList<>(kept);
            kept.clear();
            failed.forEach(o -> machine.completed(o.slot(), false));
        }
    }

    /** After a takeover or an adoption: what is in flight in the ring is executed and completed. */
    public void restore(boolean forget) {
        for (int slot = 0; slot < Guest.SLOTS; slot++) {
            if (machine.guest.slotOutput[slot] != 0 && !forget) {
                world.coverage.count(Event.REQUESTS_RESTORED);
                execute(new Output(machine.guest.slotOutput[slot], slot));
            }
        }
    }

    /** Drops what is held; nothing is executed any more when the task runs. */
    public void close(Runnable whenClosed) {
        closed = true;
        current.clear();
        prepared.clear();
        kept.clear();
        whenDrained(whenClosed);
    }

    /** The kernel goes on with what it was given; nothing new comes. */
    void hypervisorGone() {
        closed = true;
        current.clear();
        prepared.clear();
    }

    /** Whether somebody is to come for it who goes on where the one before has stopped. */
    private boolean left;

    public void leave() {
        left = true;
    }

    public boolean isLeft() {
        return left && !closed;
    }

    public void rejoin() {
        left = false;
    }

    public boolean isClosed() {
        return closed;
    }

    /** Whether outputs go out as they come. */
    boolean isPassing() {
        return !closed && !holding;
    }

    /** Outputs held, also those of epochs in flight. */
    public int held() {
        return current.size()
                + prepared.stream().mapToInt(b -> b.outputs().size()).sum();
    }

    /** Writes that may still get to the disk. */
    int inFlight() {
        return inFlight.size();
    }

    // ---- execution

    private void execute(Output it) {
        if (closed) {
            return;
        }
        world.outside.executes(host, machine.guest, it.output());
        if (it.slot() >= 0) {
            begin(it);
        }
    }

    /** Nobody outside sees this host's own copy. */
    private void executeAhead(Output it) {
        if (it.slot() < 0) {
            world.outside.executes(host, machine.guest, it.output());
            return;
        }
        world.coverage.count(Event.WRITES_AHEAD);
        runningAhead.add(it);
        begin(it);
    }

    private void begin(Output it) {
        executing++;
        inFlight.add(it);
        if (!runningAhead.contains(it) || world.plan.variant() != Variant.AHEAD_NOT_LOGGED) {
            host.disk.note(world.history.detail(it.output()));
        }
        later(it, world.dice.chance(0.1) ? world.dice.millis(3, 40) : world.dice.micros(50, 2_000));
    }

    /** The kernel executes the write some time, also while Kemari is stopped; but not while the whole host is. */
    private void later(Output it, long delayNanos) {
        world.agenda.after(delayNanos, () -> {
            if (!inFlight.contains(it)) {
                return; // the process has ended
            }
            if (host.isStopped()) {
                host.whenStarted(() -> later(it, world.dice.micros(10, 20_000)));
                return;
            }
            inFlight.remove(it);
            boolean done = !host.disk.isFailing() || world.dice.chance(0.5);
            if (done) {
                land(it);
            }
            host.later(world.dice.micros(5, 200), () -> finish(it, done));
        });
    }

    private void land(Output it) {
        world.outside.lands(host, it.output());
        host.disk.write(world.history.detail(it.output()), it.output());
        boolean noted = runningAhead.remove(it);
        if (noted) {
            journal.add(it.output());
        }
        if (!noted || world.plan.variant() != Variant.AHEAD_NOT_LOGGED) {
            host.disk.note(world.history.detail(it.output()));
        }
    }

    /** The process has ended: what it had given to the kernel has just been done, or will never be. */
    void processEnded() {
        closed = true;
        for (Output it : inFlight) {
            if (world.dice.chance(0.5)) {
                land(it);
            }
        }
        inFlight.clear();
    }

    private void finish(Output it, boolean done) {
        executing--;
        if (!closed) {
            if (done) {
                machine.completed(it.slot(), true);
            } else if (keepFailed) {
                fail(it);
            } else {
                machine.completed(it.slot(), false);
            }
        }
        if (executing == 0) {
            List<Runnable> tasks = new ArrayList<>(drained);
            drained.clear();
            tasks.forEach(Runnable::run);
        }
    }

    private void fail(Output it) {
        kept.add(it);
        if (!failureTold) {
            failureTold = true;
            listener.diskFailed("input/output error");
        }
    }

    @Override
    public String toString() {
        return (closed ? "closed" : holding ? "holding" : "passing") + ", " + executing + " executing";
    }
}
