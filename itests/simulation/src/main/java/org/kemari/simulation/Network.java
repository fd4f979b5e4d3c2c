package org.kemari.simulation;

/** The networks between hosts, and between hosts and the arbiter: each direction of each path is up or down by itself. */
public final class Network {
    private final World world;
    private final int nodes;
    private final int paths;
    private final boolean[] down; // by from, to, path
    private final long[] slowNanos; // by path: added to each delay

    Network(World world, int nodes, int paths) {
        this.world = world;
        this.nodes = nodes;
        this.paths = paths;
        this.down = new boolean[nodes * nodes * paths];
        this.slowNanos = new long[paths];
    }

    /** The arbiter's place. */
    public int arbiter() {
        return nodes - 1;
    }

    int paths() {
        return paths;
    }

    public boolean isUp(int from, int to, int path) {
        return !down[(from * nodes + to) * paths + path];
    }

    void set(int from, int to, int path, boolean up) {
        down[(from * nodes + to) * paths + path] = !up;
    }

    void slow(int path, long nanos) {
        slowNanos[path] = nanos;
    }

    void heal() {
        java.util.Arrays.fill(down, false);
        java.util.Arrays.fill(slowNanos, 0);
    }

    /** How long a packet takes now. */
    public long delay(int path) {
        long delay = world.dice.micros(50, 300);
        if (world.dice.chance(0.02)) {
            delay += world.dice.millis(1, 60);
        }
        return slowNanos[path] == 0 ? delay : delay + world.dice.between(0, slowNanos[path]);
    }
}
