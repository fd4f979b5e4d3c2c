package org.kemari.itests.lab;

import java.time.Duration;

/**
 * How bad a cable is, in each direction.
 *
 * @param delay how long every frame takes at least
 * @param jitter how much longer or shorter it may take; frames do not overtake each other
 * @param loss the part of all frames that is lost, 0 to 1
 * @param bytesPerSecond what it carries, 0 for any amount
 * @param seed of the chances
 */
public record Slowness(Duration delay, Duration jitter, double loss, long bytesPerSecond, long seed) {
    public Slowness {
        if (delay.isNegative() || jitter.isNegative() || jitter.compareTo(delay) > 0) {
            throw new IllegalArgumentException("jitter " + jitter + " is not between 0 and the delay, " + delay);
        }
        if (loss < 0 || loss > 1 || bytesPerSecond < 0) {
            throw new IllegalArgumentException("loss " + loss + ", " + bytesPerSecond + " bytes per second");
        }
    }

    /** A bad long-distance line: 50 ms, give or take 20, 2% lost, 2 MB/s. */
    public static Slowness bad(long seed) {
        return new Slowness(Duration.ofMillis(50), Duration.ofMillis(20), 0.02, 2_000_000, seed);
    }
}
