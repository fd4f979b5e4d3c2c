package org.kemari.health.internal;

/**
 * A moment on both clocks.
 *
 * @param nanos for intervals, as {@link System#nanoTime}
 * @param epochMillis for people
 */
record Moment(long nanos, long epochMillis) {
    static Moment now() {
        return new Moment(System.nanoTime(), System.currentTimeMillis());
    }
}
