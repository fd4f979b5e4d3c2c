package org.kemari.itests.bench.compare;

import java.util.OptionalDouble;

/**
 * Something that is measured once in each mode and round.
 *
 * @param subject what was done, as it is shown
 * @param name what is told about it
 * @param unit of the values
 * @param kind what it is good for
 * @param aim the ratio to unprotected that is to be reached, if one is set
 */
record Figure(String subject, String name, String unit, Kind kind, OptionalDouble aim) {
    static Figure throughput(String subject, String unit) {
        return new Figure(subject, "throughput", unit, Kind.THROUGHPUT, OptionalDouble.empty());
    }

    static Figure time(String subject) {
        return new Figure(subject, "time", "s", Kind.TIME, OptionalDouble.empty());
    }

    /** A percentile of single requests. */
    static Figure latency(String subject, int percent) {
        return new Figure(subject, "p" + percent, "ms", Kind.LATENCY, OptionalDouble.empty());
    }

    static Figure account(String subject, String name, String unit) {
        return new Figure(subject, name, unit, Kind.ACCOUNT, OptionalDouble.empty());
    }

    Figure aiming(double ratio) {
        return new Figure(subject, name, unit, kind, OptionalDouble.of(ratio));
    }
}
