package org.kemari.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.kemari.simulation.Coverage.Event;

/** Some hosts, their networks and disks, the arbiter and one domain: one schedule, on one thread. */
public final class World {
    private static final String[] NAMES = {"east", "west", "north", "south"};
    private static final long OPERATOR_LOOKS_NANOS = 2_000_000_000L;
    private static final long LOOK_NANOS = 100_000_000L;
    private static final long SETTLED_NANOS = 400_000_000L;
    private static final long COMPLETION_NANOS = 5_000_000_000L;
    /** The longest chain of what a healed world may wait for: a fence, a grace for a standby, retries that back off. */
    private static final long LIVENESS_NANOS = 150_000_000_000L;

    public final Plan plan;
    public final Agenda agenda = new Agenda();
    public final Dice dice;
    public final Trace trace;
    public final Coverage coverage = new Coverage();
    public final History history = new History();
    public final Records records;
    public final Network network;
    public final Outside outside;
    final Function<Host, Host.Software> software;
    private final List<Host> hosts = new ArrayList<>();
    private final Disk sharedDisk = new Disk();
    private long lastSession;
    private boolean healed;
    private int looks;

    public World(Plan plan, Function<Host, Host.Software> software, Consumer<String> trace) {
        this.plan = plan;
        this.dice = new Dice(plan.seed());
        this.trace = new Trace(agenda, trace);
        this.software = software;
        this.records = new Records(this, plan.hosts());
        this.network = new Network(this, plan.hosts() + 1, plan.paths());
        this.outside = new Outside(this);
        for (int i = 0; i < plan.hosts(); i++) {
            hosts.add(new Host(this, i, NAMES[i], plan.sharedDisk() ? sharedDisk : new Disk()));
        }
    }

    public List<Host> hosts() {
        return hosts;
    }

    public Host host(String name) {
        for (Host host : hosts) {
            if (host.name.equals(name)) {
                return host;
            }
        }
        throw new IllegalArgumentException("no host " + name);
    }

    /** A number never used before for a session. */
    public long freshSession() {
        return ++lastSession;
    }

    /** The block that a write is for. */
    public int blockOf(int output) {
        return history.detail(output);
    }

    /** A host is fenced; somebody switches it on again, later. */
    public void powerOff(Host target) {
        target.losePower("is fenced");
        agenda.after(dice.millis(500, 3_000), () -> {
            if (!target.runsKemari()) {
                target.start();
            }
        });
    }

    /** The time without faults has begun. */
    public boolean isHealed() {
        return healed;
    }

    /** Runs the schedule to its end. */
    public void run() {
        coverage.count(Event.SCHEDULES);
        if (trace.on()) {
            trace.say(plan.toString());
        }
        hosts.forEach(Host::start);
        agenda.after(10_000_000, () -> hosts.get(0).software().command(Host.Command.START, hosts.get(0)));
        Faults faults = new Faults(this);
        faults.begin();
        runUntil(agenda.nowNanos() + plan.faultyNanos());
        trace.say("no more faults");
        healed = true;
        faults.end();
        agenda.after(OPERATOR_LOOKS_NANOS, this::operatorLooks);
        long deadline = agenda.nowNanos() + LIVENESS_NANOS;
        long settledNanos = 0;
        long[] pending = {};
        while (settledNanos < SETTLED_NANOS) {
            runUntil(agenda.nowNanos() + LOOK_NANOS);
            settledNanos = isSettled() ? settledNanos + LOOK_NANOS : 0;
            if (settledNanos == LOOK_NANOS) {
                pending = owner().machine.guest.pendingSequences();
            }
            if (agenda.nowNanos() >= deadline) {
                throw new Violation("the domain does not get whole again: " + situations());
            }
        }
        outside.diskFits(owner(), owner().machine.guest, false);
        awaitCompletion(owner(), pending);
    }

    private void awaitCompletion(Host owner, long[] pending) {
        Machine machine = owner.machine;
        long deadline = agenda.nowNanos() + COMPLETION_NANOS;
        while (machine == owner.machine && machine.guest.stillPending(pending) > 0) {
            runUntil(agenda.nowNanos() + LOOK_NANOS);
            if (agenda.nowNanos() >= deadline) {
                throw new Violation("replay: " + history.name(machine.guest.stillPending(pending))
                        + " is never completed: " + situations());
            }
        }
    }

    private Host owner() {
        return host(records.truth().orElseThrow().owner());
    }

    private void runUntil(long nanos) {
        while (agenda.step(nanos)) {
            coverage.count(Event.STEPS);
            outside.check();
        }
    }

    /** Somebody comes by, now that all is healed, and starts the domain if it ended everywhere. */
    private void operatorLooks() {
        if (plan.ownStores() && records.truth().isPresent()) {
            // an operator who is the arbiter ends what must not run any more
            hosts.stream()
                    .filter(h -> h.runsKemari()
                            && (h.machine != null && !h.machine.isWaiting()
                                    || h.software().situation().isPrimary())
                            && !h.name.equals(records.truth().get().owner()))
                    .forEach(this::powerOff);
        }
        boolean runs = hosts.stream()
                .anyMatch(h -> h.runsKemari() && h.software().situation().isRunning());
        if (!runs && ++looks % 3 == 0) {
            insist();
        }
        if (!runs) {
            hosts.stream().filter(Host::runsKemari).forEach(h -> h.software().command(Host.Command.START, h));
        }
        Optional<Host> alone = hosts.stream()
                .filter(h -> h.runsKemari()
                        && h.software().situation().isRunning()
                        && !h.software().situation().isProtected())
                .findFirst();
        alone.ifPresent(h -> h.software().command(Host.Command.PROTECT, hosts.get((h.index + 1) % hosts.size())));
        agenda.after(OPERATOR_LOOKS_NANOS, this::operatorLooks);
    }

    /** The owner by the record refuses to start the domain, for its takeover was not finished. */
    private void insist() {
        Host owner = owner();
        if (owner.standbyMark
                && owner.runsKemari()
                && !owner.software().situation().isStandby()) {
            hosts.stream().filter(h -> h != owner).forEach(this::powerOff);
            owner.standbyMark = false;
            owner.markRemoved = true;
        }
    }

    private boolean isSettled() {
        int running = 0;
        int protectedHosts = 0;
        for (Host host : hosts) {
            if (!host.runsKemari()) {
                return false;
            }
            Host.Situation situation = host.software().situation();
            running += situation.isRunning() ? 1 : 0;
            // an old primary that does not know its fate may still run beside a protected one that has just failed
            protectedHosts += situation.isRunning() && situation.isProtected() ? 1 : 0;
        }
        if (running != 1 || protectedHosts != 1) {
            return false;
        }
        Optional<String> standby = records.truth().orElseThrow().standby();
        return standby.isPresent() && host(standby.get()).software().situation().isReady();
    }

    String situations() {
        StringBuilder all = new StringBuilder("the record is " + records.truth());
        for (Host host : hosts) {
            all.append("\n  ").append(host).append(": ");
            all.append(host.runsKemari() ? host.software().situation().state() : "Kemari does not run");
            all.append("; disk ").append(host.disk);
            if (host.machine != null) {
                all.append("; ").append(host.machine.guest());
            }
            if (host.tap != null) {
                all.append("; tap ").append(host.tap);
            }
        }
        return all.toString();
    }
}
