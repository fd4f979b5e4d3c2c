package org.kemari.simulation;

import java.util.SplittableRandom;

/** All chance of a schedule: the same seed, the same throws. */
public final class Dice {
    private final SplittableRandom random;

    Dice(long seed) {
        random = new SplittableRandom(seed);
    }

    public boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** 0 to {@code bound - 1}. */
    public int below(int bound) {
        return random.nextInt(bound);
    }

    /** {@code from} to {@code to}, nanoseconds for instance. */
    public long between(long from, long to) {
        return from >= to ? from : random.nextLong(from, to + 1);
    }

    public long micros(long from, long to) {
        return between(from * 1000, to * 1000);
    }

    public long millis(long from, long to) {
        return between(from * 1_000_000, to * 1_000_000);
    }
}
