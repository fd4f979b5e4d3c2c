package org.kemari.simulation;

import org.kemari.simulation.Coverage.Event;

/** What goes wrong, and what operators do meanwhile. */
final class Faults {
    private final World world;
    private final Dice dice;
    private boolean ended;

    Faults(World world) {
        this.world = world;
        this.dice = world.dice;
    }

    void begin() {
        world.agenda.after(dice.millis(300, 1_500), this::next);
    }

    private void next() {
        if (ended) {
            return;
        }
        happen();
        int gap = world.plan.faultGapMillis();
        // faults often come together
        world.agenda.after(dice.chance(0.3) ? dice.millis(0, 30) : dice.millis(gap / 4, 2 * gap), this::next);
    }

    /** All is repaired. */
    void end() {
        ended = true;
        world.network.heal();
        for (Host host : world.hosts()) {
            host.disk.setFailing(false);
            host.carryOn();
            if (!host.runsKemari()) {
                restart(host);
            }
        }
    }

    private Host any() {
        return world.hosts().get(dice.below(world.hosts().size()));
    }

    private Host other(Host host) {
        int distance = 1 + dice.below(world.hosts().size() - 1);
        return world.hosts().get((host.index + distance) % world.hosts().size());
    }

    private Host running() {
        for (Host host : world.hosts()) {
            if (host.machine != null && host.machine.isRunning()) {
                return host;
            }
        }
        return any();
    }

    private void happen() {
        switch (dice.below(25)) {
            case 0, 1 -> crash(running());
            case 2 -> crash(any());
            case 3 -> losePower(running());
            case 4 -> losePower(any());
            case 5, 6 -> pause(dice.chance(0.5) ? running() : any());
            case 7, 8, 9 -> cut();
            case 10 -> isolateFromArbiter();
            case 11, 12 -> resetConnections();
            case 13 -> slow();
            case 14 -> failHypervisor();
            case 15 -> failDisk();
            case 16, 17, 18 -> command(Host.Command.SWITCHOVER, running());
            case 19 -> command(Host.Command.TAKEOVER, any());
            case 20 -> command(dice.chance(0.5) ? Host.Command.UNPROTECT : Host.Command.PROTECT, running());
            case 21 -> command(dice.chance(0.3) ? Host.Command.STOP : Host.Command.START, any());
            case 22 -> isolate(any());
            case 23 -> command(Host.Command.EXCHANGE, running());
            default -> {} // a quiet while
        }
    }

    private void command(Host.Command command, Host host) {
        if (!host.runsKemari() || host.isPaused()) {
            return;
        }
        world.coverage.count(Event.OPERATOR_COMMANDS);
        if (world.trace.on()) {
            world.trace.say("operator: " + command + " on " + host);
        }
        host.software().command(command, other(host));
    }

    private void crash(Host host) {
        host.crashKemari();
        later(host);
    }

    private void losePower(Host host) {
        host.losePower("loses power");
        later(host);
    }

    private void later(Host host) {
        world.agenda.after(dice.millis(20, dice.chance(0.3) ? 5_000 : 1_500), () -> restart(host));
    }

    private void restart(Host host) {
        if (!host.runsKemari()) {
            host.start();
        }
    }

    private void pause(Host host) {
        if (!host.runsKemari() || host.isPaused()) {
            return;
        }
        boolean longer = dice.chance(0.3);
        boolean whole = dice.chance(0.5);
        world.coverage.count(longer ? Event.LONG_PAUSES : Event.PAUSES);
        if (world.trace.on()) {
            world.trace.say(host + " stops" + (whole ? ", the whole host" : ""));
        }
        host.pause(whole);
        int incarnation = host.incarnation();
        world.agenda.after(longer ? dice.millis(2_000, 14_000) : dice.millis(5, 1_500), () -> {
            if (host.incarnation() == incarnation) {
                host.carryOn();
            }
        });
    }

    private void cut() {
        Host a = any();
        Host b = other(a);
        boolean oneWay = dice.chance(0.4);
        int only = dice.chance(0.5) ? dice.below(world.network.paths()) : -1;
        world.coverage.count(oneWay ? Event.ONE_WAY_PARTITIONS : Event.PARTITIONS);
        if (world.trace.on()) {
            world.trace.say(a
                    + (oneWay ? " no longer reaches " : " and ")
                    + b
                    + (oneWay ? "" : " are cut off")
                    + (only < 0 ? "" : " by path " + only));
        }
        set(a.index, b.index, oneWay, only, false);
        world.agenda.after(time(), () -> set(a.index, b.index, oneWay, only, true));
    }

    private long time() {
        return dice.chance(0.5) ? dice.millis(10, 400) : dice.millis(400, 4_000);
    }

    private void set(int a, int b, boolean oneWay, int only, boolean up) {
        for (int path = 0; path < world.network.paths(); path++) {
            if (only < 0 || only == path) {
                world.network.set(a, b, path, up);
                if (!oneWay) {
                    world.network.set(b, a, path, up);
                }
            }
        }
    }

    private void isolateFromArbiter() {
        int arbiter = world.network.arbiter();
        boolean all = dice.chance(0.3);
        Host one = any();
        world.coverage.count(Event.PARTITIONS);
        if (world.trace.on()) {
            world.trace.say((all ? "nobody" : one + " does not") + " reach the arbiter");
        }
        for (Host host : world.hosts()) {
            if (all || host == one) {
                set(host.index, arbiter, false, -1, false);
                world.agenda.after(time(), () -> set(host.index, arbiter, false, -1, true));
            }
        }
    }

    private void isolate(Host host) {
        world.coverage.count(Event.PARTITIONS);
        if (world.trace.on()) {
            world.trace.say(host + " is cut off from everything");
        }
        long time = time();
        for (int node = 0; node <= world.hosts().size(); node++) {
            if (node != host.index) {
                int far = node;
                set(host.index, far, false, -1, false);
                world.agenda.after(time, () -> set(host.index, far, false, -1, true));
            }
        }
    }

    private void resetConnections() {
        Host host = any();
        if (world.trace.on()) {
            world.trace.say("the connections of " + host + " are reset");
        }
        java.util.List.copyOf(host.connections).forEach(Connection::reset);
    }

    private void slow() {
        int path = dice.below(world.network.paths());
        world.coverage.count(Event.SLOW_SPELLS);
        world.network.slow(path, dice.millis(10, 400));
        world.agenda.after(time(), () -> world.network.slow(path, 0));
    }

    private void failHypervisor() {
        Host host = dice.chance(0.7) ? running() : any();
        if (host.machine != null) {
            world.coverage.count(Event.HYPERVISOR_FAILURES);
            world.trace.say("the hypervisor on " + host + " fails");
            host.machine.fail("killed by signal 9");
        }
    }

    private void failDisk() {
        Host host = dice.chance(0.6) ? running() : any();
        if (world.plan.sharedDisk()) {
            return;
        }
        world.trace.say("the disk of " + host + " fails");
        host.disk.setFailing(true);
        world.agenda.after(dice.millis(100, 3_000), () -> host.disk.setFailing(false));
    }
}
