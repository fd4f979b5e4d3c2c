package org.kemari.simulation;

import java.util.ArrayList;
import java.util.List;
import org.kemari.simulation.Coverage.Event;

/**
 * A host: power, one process of Kemari, at most one hypervisor process, disks. Everything that the process does goes
 * through {@link #later}: it waits while the host is stopped and never happens once the process has ended.
 */
public final class Host {
    /** Kemari, as a host runs it. */
    public interface Software {
        void start();

        /** A command of an operator; refused commands do nothing. */
        void command(Command command, Host other);

        /** Another host has connected for a session. */
        void accept(Connection.End link);

        /** The kernel of another host says that Kemari has ended there. */
        void peerProcessEnded(Host peer, int peerIncarnation);

        /** What it does with the domain, for people and for the final judgement. */
        Situation situation();
    }

    /** What an operator can do. */
    public enum Command {
        START,
        PROTECT,
        UNPROTECT,
        TAKEOVER,
        SWITCHOVER,
        STOP,
        /** A part of Kemari is exchanged for another version, while the guest runs. */
        EXCHANGE
    }

    /**
     * A domain as one host has it.
     *
     * @param state for people
     * @param isPrimary whether it is or wants to be the primary
     * @param isRunning whether its guest runs here
     * @param isProtected whether this is a primary with a standby
     * @param isStandby whether this is a standby
     * @param isReady whether this is a standby that can take over
     */
    public record Situation(
            String state,
            boolean isPrimary,
            boolean isRunning,
            boolean isProtected,
            boolean isStandby,
            boolean isReady) {}

    public final World world;
    public final int index;
    public final String name;
    public final Disk disk;
    /** The guest's memory that was kept after a switchover; on a tmpfs. */
    public RetainedMemory retained;

    public Machine machine;
    Tap tap;
    final List<Connection> connections = new ArrayList<>();
    private Software software;
    private boolean power;
    private int powerOns;
    private int incarnation;
    /** Kemari's durable mark: a standby that has not taken over, or not to the end. */
    public boolean standbyMark;

    /** The operator has removed that mark, sure that no other host writes; what is on the disk has to do. */
    public boolean markRemoved;

    /** The operator has stopped the domain here: it is not to be started by itself. */
    public boolean stoppedByWill;

    private boolean stopped;
    private boolean frozen;
    private final List<Runnable> deferred = new ArrayList<>();
    private final List<Runnable> whenStarted = new ArrayList<>();

    Host(World world, int index, String name, Disk disk) {
        this.world = world;
        this.index = index;
        this.name = name;
        this.disk = disk;
    }

    public int incarnation() {
        return incarnation;
    }

    int powerOns() {
        return powerOns;
    }

    public boolean hasPower() {
        return power;
    }

    public boolean runsKemari() {
        return software != null;
    }

    public Software software() {
        return software;
    }

    /** The whole machine stands still, its kernel too. */
    boolean isStopped() {
        return frozen;
    }

    boolean isPaused() {
        return stopped;
    }

    void whenStarted(Runnable task) {
        whenStarted.add(task);
    }

    /** For the process that runs now. */
    public void later(long delayNanos, Runnable task) {
        later(incarnation, delayNanos, task);
    }

    /** For one process, which may have ended already. */
    public void later(int mine, long delayNanos, Runnable task) {
        world.agenda.after(delayNanos, () -> run(mine, task));
    }

    private void run(int mine, Runnable task) {
        if (mine != incarnation || software == null) {
            return;
        }
        if (stopped) {
            deferred.add(task);
        } else {
            task.run();
        }
    }

    // ---- fate

    void start() {
        if (!power) {
            power = true;
            powerOns++;
        }
        incarnation++;
        software = world.software.apply(this);
        world.trace.say(name + ": Kemari starts");
        software.start();
    }

    void crashKemari() {
        if (software == null) {
            return;
        }
        world.trace.say(name + ": Kemari crashes");
        world.coverage.count(Event.KEMARI_CRASHES);
        endProcess();
        if (machine != null) {
            machine.orphan();
        }
    }

    void losePower(String why) {
        if (!power) {
            return;
        }
        world.trace.say(name + ": " + why);
        world.coverage.count(Event.POWER_LOSSES);
        power = false;
        powerOns++;
        if (machine != null) {
            machine.destroy();
        }
        machine = null;
        retained = null;
        endProcess();
        whenStarted.clear();
    }

    private void endProcess() {
        software = null;
        int ended = incarnation++;
        if (power) {
            for (Host other : world.hosts()) {
                if (other.software != null) {
                    other.software.peerProcessEnded(this, ended);
                }
            }
        }
        if (tap != null) {
            tap.processEnded();
        }
        tap = null;
        stopped = false;
        frozen = false;
        deferred.clear();
        connections.forEach(c -> c.processEnded(this));
        connections.clear();
        if (power) {
            startKernel();
        }
    }

    /** @param whole the kernel too */
    void pause(boolean whole) {
        stopped = true;
        frozen = whole;
    }

    void carryOn() {
        if (!stopped) {
            return;
        }
        world.trace.say(name + " carries on");
        stopped = false;
        frozen = false;
        List<Runnable> tasks = new ArrayList<>(deferred);
        deferred.clear();
        for (Runnable task : tasks) {
            later(world.dice.micros(0, 2_000), task);
        }
        startKernel();
    }

    private void startKernel() {
        frozen = false;
        List<Runnable> tasks = new ArrayList<>(whenStarted);
        whenStarted.clear();
        tasks.forEach(Runnable::run);
    }

    /** A tap begins to serve. */
    public void use(Tap newTap) {
        tap = newTap;
    }

    /** The tap that serves the machine, also if nobody cares for it. */
    public Tap tap() {
        return tap;
    }

    /** Sets up a connection to another host, by one path. */
    public void connect(Host to, int path, java.util.function.Consumer<Connection.End> made, Runnable failed) {
        long there = world.network.delay(path);
        later(there, () -> {
            boolean up = world.network.isUp(index, to.index, path) && world.network.isUp(to.index, index, path);
            if (!up || !to.hasPower()) {
                later(world.dice.millis(200, 500), failed);
            } else if (!to.runsKemari()) {
                failed.run();
            } else {
                connections.removeIf(Connection::isOver);
                Connection connection = new Connection(world, path, this, to);
                made.accept(connection.client());
                int serving = to.incarnation();
                world.agenda.after(there, () -> {
                    if (to.incarnation() == serving) {
                        to.later(0, () -> to.software.accept(connection.server()));
                    }
                });
            }
        });
    }

    @Override
    public String toString() {
        return name;
    }
}
