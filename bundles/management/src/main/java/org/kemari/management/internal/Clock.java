package org.kemari.management.internal;

/** The time, so that tests can make it. */
interface Clock {
    Clock SYSTEM = new Clock() {
        @Override
        public long epochMillis() {
            return System.currentTimeMillis();
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }
    };

    /** Wall-clock time. */
    long epochMillis();

    /** Time that only grows, for durations. */
    long nanos();
}
