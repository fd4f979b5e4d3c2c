package org.kemari.itests.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.kemari.itests.guest.GuestImage;
import org.kemari.itests.lab.Lab;

/** What {@code ./kemari bench} runs. Ends with status 0 if everything could be measured, whatever was found. */
public final class Bench {
    private static final List<Benchmark> BENCHMARKS = List.of(
            new TakeoverBenchmark(),
            new FailureBenchmark(),
            new GuestBenchmark(),
            new BlockBenchmark(),
            new ExchangeBenchmark(),
            new RestBenchmark(),
            new StutterBenchmark());

    private final Options options;
    private final String commandLine;
    private final Progress progress = new Progress(System.out);
    private final List<Table> tables = new ArrayList<>();
    private boolean good;

    private Bench(Options options, String commandLine) {
        this.options = options;
        this.commandLine = commandLine;
    }

    public static void main(String[] arguments) throws IOException {
        List<String> names = BENCHMARKS.stream().map(Benchmark::name).toList();
        Options options;
        try {
            options = Options.parse(List.of(arguments), names);
        } catch (IllegalArgumentException e) {
            System.err.println("kemari bench: " + e.getMessage());
            System.exit(2);
            return;
        }
        if (options.help()) {
            System.out.printf(Options.USAGE, String.join(", ", names));
            return;
        }
        Bench bench = new Bench(options, ("./kemari bench " + String.join(" ", arguments)).strip());
        try (Lab lab = Lab.open()) {
            bench.run(lab);
        }
        System.exit(bench.good ? 0 : 1);
    }

    private void run(Lab lab) throws IOException {
        Path output = Files.createDirectories(lab.root().resolve("target/bench"));
        Map<String, String> machine = Machine.describe(lab.root());
        machine.forEach((name, words) -> progress.say("%s: %s", name, words));
        GuestImage image = GuestImage.build(lab.workspace().resolve("image"));
        Context context = new Context(options, lab, image, output, progress);
        for (Benchmark benchmark : BENCHMARKS) {
            if (options.wants(benchmark.name())) {
                progress.say("benchmark: %s", benchmark.name());
                measure(benchmark, context);
            }
        }
        context.saveLogs();
        Path report = options.record() ? lab.root().resolve("itests/bench/RESULTS.md") : output.resolve("RESULTS.md");
        machine.put("load of the machine, end of the run", Machine.load());
        Files.writeString(report, markdown(machine, context.failures()));
        progress.say("written: %s", lab.root().relativize(report));
        context.failures().forEach(failure -> progress.say("FAILED: %s", failure));
        good = context.failures().isEmpty();
    }

    private void measure(Benchmark benchmark, Context context) {
        try {
            for (Table table : benchmark.run(context)) {
                tables.add(table);
                progress.print(table.text());
            }
        } catch (IOException | TimeoutException | RuntimeException e) {
            context.failed(benchmark.name(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            context.failed(benchmark.name(), e);
        }
    }

    private String markdown(Map<String, String> machine, List<String> failures) {
        StringBuilder text = new StringBuilder("# What Kemari reaches\n\n");
        text.append("Written by `")
                .append(commandLine)
                .append("`. Both hosts, their guests and the clients share one\n");
        text.append(
                "machine; every figure includes what they take from each other. What failures of all kinds cost is in\n");
        text.append("MATRIX.md and KILLS.md.\n\n");
        machine.forEach((name, words) ->
                text.append("- ").append(name).append(": ").append(words).append('\n'));
        text.append('\n');
        tables.forEach(table -> text.append(table.markdown()));
        for (String failure : failures) {
            text.append("Not measured: ").append(failure).append("\n\n");
        }
        return text.toString().stripTrailing() + "\n";
    }
}
