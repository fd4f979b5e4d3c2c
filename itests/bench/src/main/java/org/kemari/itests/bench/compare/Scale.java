package org.kemari.itests.bench.compare;

import java.util.ArrayList;
import java.util.List;

/**
 * An axis.
 *
 * @param from value at its begin
 * @param to value at its end
 * @param begin where it begins in the drawing
 * @param end where it ends
 * @param logarithmic equal ratios are equally far apart; both values are above 0 then
 */
record Scale(double from, double to, double begin, double end, boolean logarithmic) {
    private static final int MOST_TICKS = 8;

    /** An axis from 0 to a round number that is not below a value. */
    static Scale linear(double most, double begin, double end) {
        double top = most > 0 ? most : 1;
        double step = step(top);
        return new Scale(0, Math.ceil(top / step - 1e-9) * step, begin, end, false);
    }

    /** An axis over whole decades that two values are in. */
    static Scale logarithmic(double least, double most, double begin, double end) {
        double low = Math.pow(10, Math.floor(Math.log10(least)));
        double high = Math.pow(10, Math.ceil(Math.log10(most)));
        return new Scale(low, high > low ? high : low * 10, begin, end, true);
    }

    /** Where a value is; one beyond the axis is at its end. */
    double at(double value) {
        double clipped = Math.max(from, Math.min(to, value));
        double part = logarithmic ? Math.log(clipped / from) / Math.log(to / from) : (clipped - from) / (to - from);
        return begin + part * (end - begin);
    }

    /** Values to mark. */
    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        if (logarithmic) {
            for (double tick = from; tick <= to * (1 + 1e-9); tick *= 10) {
                ticks.add(tick);
            }
        } else {
            double step = step(to - from);
            for (int i = 0; from + i * step <= to + step / 1000; i++) {
                ticks.add(from + i * step);
            }
        }
        return ticks;
    }

    /** 1, 2 or 5 times a power of ten, so that there are not too many. */
    private static double step(double span) {
        double step = Math.pow(10, Math.floor(Math.log10(span)) - 1);
        double[] factors = {2, 2.5, 2};
        for (int i = 0; span / step > MOST_TICKS; i++) {
            step *= factors[i % factors.length];
        }
        return step;
    }
}
