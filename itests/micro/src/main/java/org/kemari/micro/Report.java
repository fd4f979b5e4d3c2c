package org.kemari.micro;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** Results as a table, with what one has to know of the machine. */
final class Report {
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private final StringBuilder text = new StringBuilder();

    Report(Collection<RunResult> results, String arguments, String load) throws IOException {
        text.append("# Ring walking, capture and codecs, one operation at a time\n\n")
                .append("Written by `./kemari bench micro --write")
                .append(arguments.isEmpty() ? "" : " " + arguments)
                .append("`: ")
                .append(processor())
                .append(", Linux ")
                .append(System.getProperty("os.version"))
                .append(", Java ")
                .append(Runtime.version())
                .append(", load average before the run ")
                .append(load)
                .append(".\nTime is a mean with its error at 99.9 %, for captures with the median; heap is what one")
                .append(" operation allocates.\n\n")
                .append(
                        "| benchmark | parameters | mean | ± | median | unit | heap, bytes |\n|---|---|--:|--:|--:|---|--:|\n");
        results.stream()
                .sorted(java.util.Comparator.comparing(r -> name(r.getParams()) + parameters(r.getParams())))
                .forEach(this::line);
        ratios(results);
    }

    private void line(RunResult run) {
        Result<?> time = run.getPrimaryResult();
        Result<?> allocated = run.getSecondaryResults().get(ALLOCATED);
        double median = time.getStatistics().getPercentile(50);
        boolean sampled = run.getParams().getMode() == org.openjdk.jmh.annotations.Mode.SampleTime;
        text.append(String.format(
                Locale.ROOT,
                "| %s | %s | %.1f | %.1f | %s | %s | %s |%n",
                name(run.getParams()),
                parameters(run.getParams()),
                time.getScore(),
                time.getScoreError(),
                sampled ? String.format(Locale.ROOT, "%.1f", median) : "",
                time.getScoreUnit(),
                allocated == null ? "" : String.format(Locale.ROOT, "%.0f", allocated.getScore())));
    }

    /** Capture against the plainest C, by medians of the same run: what the project has set itself is 1.5. */
    private void ratios(Collection<RunResult> results) {
        TreeMap<String, Double> kemari = new TreeMap<>();
        TreeMap<String, Double> plain = new TreeMap<>();
        for (RunResult run : results) {
            double median = run.getPrimaryResult().getStatistics().getPercentile(50);
            switch (name(run.getParams())) {
                case "Capture.kemari" -> kemari.put(parameters(run.getParams()), median);
                case "Capture.plainC" -> plain.put(parameters(run.getParams()), median);
                default -> {}
            }
        }
        kemari.keySet().retainAll(plain.keySet());
        if (!kemari.isEmpty()) {
            text.append("\nCapture against a plain scan and memcpy in C, medians:");
            kemari.forEach((of, median) ->
                    text.append(String.format(Locale.ROOT, "%n- %s: %.2f times", of, median / plain.get(of))));
            text.append('\n');
        }
    }

    private static String name(BenchmarkParams params) {
        String[] parts = params.getBenchmark().split("\\.");
        return parts[parts.length - 2].replace("Benchmark", "") + "." + parts[parts.length - 1];
    }

    private static String parameters(BenchmarkParams params) {
        return params.getParamsKeys().stream()
                .map(key -> key + " " + params.getParam(key))
                .collect(Collectors.joining(", "));
    }

    private static String processor() throws IOException {
        String model = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown processor");
        return Runtime.getRuntime().availableProcessors() + " × " + model;
    }

    String text() {
        return text.toString();
    }
}
