package org.kemari.itests.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** When all threads of a Java stood still, as its log tells. */
record Safepoints(Samples millis, String worst) {
    private static final Pattern LINE = Pattern.compile("Safepoint \"([^\"]+)\".* Total: +(\\d+) ns");

    /** How long the log is now. */
    static long lines(Path log) throws IOException {
        return Files.readAllLines(log).size();
    }

    /** What came after so many lines. */
    static Safepoints since(Path log, long lines) throws IOException {
        List<String> all = Files.readAllLines(log);
        Samples millis = new Samples();
        String worst = "none";
        for (String line : all.subList((int) lines, all.size())) {
            Matcher found = LINE.matcher(line);
            if (found.find()) {
                double took = Long.parseLong(found.group(2)) / 1e6;
                if (millis.count() == 0 || took > millis.max()) {
                    worst = found.group(1);
                }
                millis.add(took);
            }
        }
        return new Safepoints(millis, worst);
    }

    long count() {
        return millis.count();
    }

    double totalMillis() {
        return millis.count() == 0 ? 0 : millis.mean() * millis.count();
    }

    double p99Millis() {
        return millis.count() == 0 ? 0 : millis.percentile(99);
    }

    double maxMillis() {
        return millis.count() == 0 ? 0 : millis.max();
    }

    @Override
    public String toString() {
        return count() + " times, " + Table.number(maxMillis()) + " ms at most";
    }
}
