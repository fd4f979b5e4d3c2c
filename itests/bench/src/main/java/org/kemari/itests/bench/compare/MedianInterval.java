package org.kemari.itests.bench.compare;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.kemari.itests.bench.Samples;
import org.kemari.itests.bench.Table;

/**
 * A median, and between which of the values the true one is. Nothing is assumed of the distribution: each value is above
 * the true median with probability one half, so how many are is binomial. Of few values even the whole range may not reach
 * the wanted confidence; then it is the range, and the confidence says what it is worth.
 *
 * @param median of the values
 * @param low lower end, one of the values
 * @param high upper end, one of the values
 * @param confidence probability that the interval covers the true median
 */
record MedianInterval(double median, double low, double high, double confidence) {
    private static final double WANTED = 0.95;

    /** The narrowest interval between symmetric order statistics that has 95 % confidence, or the range. */
    static MedianInterval of(List<Double> values) {
        if (values.isEmpty()) {
            return new MedianInterval(Double.NaN, Double.NaN, Double.NaN, 0);
        }
        List<Double> sorted = values.stream().sorted().toList();
        int n = sorted.size();
        int inset = 0;
        while (2 * (inset + 1) < n && confidence(n, inset + 1) >= WANTED) {
            inset++;
        }
        // of an even number the mean of the two in the middle: with few rounds the lower one would be too harsh
        double median = n % 2 == 1 ? Samples.of(sorted).median() : (sorted.get(n / 2 - 1) + sorted.get(n / 2)) / 2;
        return new MedianInterval(median, sorted.get(inset), sorted.get(n - 1 - inset), confidence(n, inset));
    }

    /** How sure the interval is that leaves out so many of n values at each end. */
    static double confidence(int n, int inset) {
        double outside = 0;
        double ways = 1;
        for (int below = 0; below <= inset; below++) {
            outside += ways;
            ways = ways * (n - below) / (below + 1);
        }
        return Math.max(0, 1 - 2 * outside / Math.pow(2, n));
    }

    /** "0.85 [0.80, 0.91]", or only the median if there was one round. */
    String words() {
        return Double.compare(low, high) == 0
                ? Table.number(median)
                : Table.number(median) + " [" + Table.number(low) + ", " + Table.number(high) + "]";
    }

    /** What the brackets mean with so many rounds. */
    static String explain(int rounds) {
        if (rounds < 2) {
            return "One round: there is no interval.";
        }
        List<Double> places = Collections.nCopies(rounds, 1.0);
        double confidence = of(places).confidence();
        return String.format(
                Locale.ROOT,
                "In brackets: between which of the %d rounds' ratios the true median is, with a confidence of %.1f %%"
                        + " (order statistics; each ratio is above it with probability one half%s).",
                rounds,
                100 * confidence,
                confidence < WANTED ? "; six rounds are needed for more than 95 %" : "");
    }
}
