package org.kemari.itests.guest;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Percentiles of what a client measured.
 *
 * @param count number of samples
 * @param p50Millis median
 * @param p95Millis 95th percentile
 * @param maxMillis largest
 */
public record Latencies(int count, double p50Millis, double p95Millis, double maxMillis) {
    /** Of the answers of a recording service. */
    public static Latencies ofAnswers(List<RecordClient.Answer> answers) {
        return of(answers.stream().mapToLong(RecordClient.Answer::nanos).toArray());
    }

    public static Latencies of(long[] nanos) {
        if (nanos.length == 0) {
            return new Latencies(0, 0, 0, 0);
        }
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return new Latencies(
                sorted.length,
                sorted[sorted.length / 2] / 1e6,
                sorted[(int) (sorted.length * 0.95)] / 1e6,
                sorted[sorted.length - 1] / 1e6);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "median %.1f ms, p95 %.1f ms", p50Millis, p95Millis);
    }
}
