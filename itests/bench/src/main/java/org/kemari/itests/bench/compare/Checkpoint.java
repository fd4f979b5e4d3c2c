package org.kemari.itests.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kemari.itests.bench.Samples;

/**
 * One checkpoint of a pair.
 *
 * @param pauseMillis from the order to stop the guest until it runs again
 * @param stopMillis the first part of that, until it stands still
 * @param pages of 4 KiB that were dirty
 */
record Checkpoint(double pauseMillis, double stopMillis, long pages) {
    private static final Pattern REPORT = Pattern.compile("Domain (\\S+): CheckpointReport\\[(.*)]");
    private static final double NANOS = 1e6;

    /** What Kemari has logged of a domain's checkpoints. */
    static List<Checkpoint> ofKemari(String domain, List<String> log) {
        List<Checkpoint> all = new ArrayList<>();
        for (String line : log) {
            Matcher matcher = REPORT.matcher(line);
            if (matcher.find() && matcher.group(1).equals(domain)) {
                String report = matcher.group(2);
                all.add(new Checkpoint(number(report, "pauseNanos") / NANOS, number(report, "stopNanos") / NANOS, (long)
                        number(report, "pages")));
            }
        }
        return all;
    }

    private static double number(String report, String name) {
        Matcher matcher = Pattern.compile("(?:^|, )" + name + "=(\\d+)").matcher(report);
        if (!matcher.find()) {
            throw new IllegalArgumentException("no " + name + " in: " + report);
        }
        return Double.parseDouble(matcher.group(1));
    }

    static Samples samples(List<Checkpoint> all, ToDoubleFunction<Checkpoint> value) {
        return Samples.of(all.stream().mapToDouble(value).boxed().toList());
    }
}
