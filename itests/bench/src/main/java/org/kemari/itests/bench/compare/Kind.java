package org.kemari.itests.bench.compare;

/** What a figure is good for. */
enum Kind {
    /** The more the better. */
    THROUGHPUT,
    /** The less the better. */
    TIME,
    /** A percentile of the times of single requests. */
    LATENCY,
    /** Tells what Kemari did meanwhile; there is nothing to compare it with. */
    ACCOUNT;

    /** How a value compares with a base: 1 if as good, less if worse. */
    double ratio(double value, double base) {
        return this == THROUGHPUT ? value / base : base / value;
    }
}
