package org.kemari.health.internal;

import java.util.Arrays;

/**
 * The last intervals between replies on one path, and how surprising a silence is after them: the phi accrual detector
 * of Hayashibara, Défago, Yared and Katayama (2004), made for delays that are heavier-tailed than a normal distribution.
 * Two things differ from the paper: the longest interval of the window counts as an event of three standard deviations,
 * so that a host that pauses now and then is given the time for one more such pause; and the standard deviation has a
 * floor that comes from the silence time-out, so that a quiet path is suspected after three quarters of it. Pure.
 */
final class Arrivals {
    /** Ten minutes at the default period. */
    static final int WINDOW = 12_000;
    /** With fewer intervals than this the path is given the whole time-out. */
    static final int ENOUGH = 20;
    /** A silence this surprising is a suspicion: once in 10^8 intervals. */
    static final double THRESHOLD = 8;

    /** What {@link #phi} reports at most. */
    private static final double HIGHEST = 100;
    /** Standard deviations after the mean at which phi reaches {@link #THRESHOLD}. */
    private static final double DEVIATIONS = 5.23;

    private static final double FLOORS_IN_TIMEOUT = 8;
    private static final double PEAK_DEVIATIONS = 3;

    /** Grows up to the window. */
    private int[] micros = new int[64];

    private int count;
    private int next;
    private long sum;
    private long sumOfSquares;
    private int peak;

    /** Forgets everything. */
    void clear() {
        count = 0;
        next = 0;
        sum = 0;
        sumOfSquares = 0;
        peak = 0;
    }

    /** @param limitNanos what counts as the longest interval; longer ones are taken for this */
    void add(long intervalNanos, long limitNanos) {
        int interval = (int) Math.min(Integer.MAX_VALUE, Math.max(0, Math.min(intervalNanos, limitNanos)) / 1000);
        int oldest = 0;
        if (count == WINDOW) {
            oldest = micros[next];
            sum -= oldest;
            sumOfSquares -= (long) oldest * oldest;
        } else {
            if (count == micros.length) {
                micros = Arrays.copyOf(micros, Math.min(WINDOW, 2 * count));
            }
            count++;
        }
        micros[next] = interval;
        next = (next + 1) % WINDOW;
        sum += interval;
        sumOfSquares += (long) interval * interval;
        if (interval >= peak) {
            peak = interval;
        } else if (oldest == peak) {
            peak = longest();
        }
    }

    private int longest() {
        int longest = 0;
        for (int i = 0; i < count; i++) {
            longest = Math.max(longest, micros[i]);
        }
        return longest;
    }

    int count() {
        return count;
    }

    /** Minus the decimal logarithm of the probability that a reply comes later than after this silence; 0 to 100. */
    double phi(long silentNanos, Times times) {
        double mean = times.periodNanos() / 1000.0;
        double deviation;
        double timeout = times.timeoutNanos() / 1000.0;
        if (count < ENOUGH) {
            deviation = (timeout - mean) / DEVIATIONS;
        } else {
            mean = Math.max(mean, (double) sum / count);
            double average = (double) sum / count;
            double measured = Math.sqrt(Math.max(0, (double) sumOfSquares / count - average * average));
            double floor = Math.max(times.periodNanos() / 2000.0, timeout / FLOORS_IN_TIMEOUT);
            deviation = Math.max(floor, Math.max(measured, (peak - mean) / PEAK_DEVIATIONS));
        }
        return tail((silentNanos / 1000.0 - mean) / Math.max(1, deviation));
    }

    /** Minus the decimal logarithm of the upper tail of the normal distribution, by its logistic approximation. */
    private static double tail(double z) {
        double exponent = z * (1.5976 + 0.070566 * z * z);
        if (exponent <= 0) {
            return Math.log10(1 + Math.exp(exponent));
        }
        return Math.min(HIGHEST, exponent / Math.log(10) + Math.log10(1 + Math.exp(-exponent)));
    }
}
