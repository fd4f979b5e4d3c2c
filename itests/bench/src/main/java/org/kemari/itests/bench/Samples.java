package org.kemari.itests.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Numbers of one kind, and their percentiles. Not thread-safe. */
public final class Samples {
    private final List<Double> values = new ArrayList<>();

    public static Samples of(List<Double> values) {
        Samples samples = new Samples();
        samples.values.addAll(values);
        return samples;
    }

    public void add(double value) {
        values.add(value);
    }

    public void addAll(Samples others) {
        values.addAll(others.values);
    }

    public int count() {
        return values.size();
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }

    public double median() {
        return percentile(50);
    }

    public double mean() {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    public double max() {
        return percentile(100);
    }

    /**
     * The smallest value that at least so many percent of the values do not exceed; not a number if there are none.
     *
     * @param percent 0 to 100
     */
    public double percentile(double percent) {
        if (values.isEmpty()) {
            return Double.NaN;
        }
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        int rank = (int) Math.ceil(percent / 100 * sorted.size());
        return sorted.get(Math.max(0, rank - 1));
    }
}
