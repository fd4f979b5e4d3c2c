package org.kemari.simulation;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;
import org.kemari.simulation.Schedules.Failure;

/** What {@code ./kemari simulate} runs. */
public final class Simulate {
    private static final String USAGE = "simulate [--seed N] [--schedules M] [--hosts 2..4] [--variant NAME] [--trace]";

    private long seed = 1;
    private long schedules = 1;
    private int hosts;
    private Variant variant = Variant.NONE;
    private boolean trace;

    private Simulate() {}

    public static void main(String[] args) throws InterruptedException {
        Simulate simulate = new Simulate();
        try {
            simulate.read(args);
        } catch (IllegalArgumentException e) {
            System.err.println("simulate: " + e.getMessage());
            System.err.println("usage: ./kemari " + USAGE);
            for (Variant variant : Variant.values()) {
                System.err.println("  --variant " + variant);
            }
            System.exit(2);
        }
        System.exit(simulate.run(System.out) ? 0 : 1);
    }

    private void read(String[] args) {
        boolean counted = false;
        boolean seeded = false;
        for (int i = 0; i < args.length; i++) {
            if (args[i].equals("--trace")) {
                trace = true;
                continue;
            }
            if (i + 1 == args.length) {
                throw new IllegalArgumentException(args[i] + " needs a value, or is not an option");
            }
            String value = args[++i];
            switch (args[i - 1]) {
                case "--seed" -> {
                    seed = Long.parseLong(value);
                    seeded = true;
                }
                case "--schedules" -> {
                    schedules = Long.parseLong(value);
                    counted = true;
                }
                case "--hosts" -> hosts = Integer.parseInt(value);
                case "--variant" -> variant = Variant.valueOf(value.toUpperCase(Locale.ROOT));
                default -> throw new IllegalArgumentException("there is no option " + args[i - 1]);
            }
        }
        if (hosts != 0 && (hosts < 2 || hosts > 4)) {
            throw new IllegalArgumentException("2 to 4 hosts, not " + hosts);
        }
        if (!seeded && !counted) {
            schedules = 100_000;
        }
    }

    private boolean run(PrintStream out) throws InterruptedException {
        long began = System.nanoTime();
        Schedules runner = new Schedules();
        Optional<Failure> failure = schedules == 1
                ? runner.run(Plan.of(seed, variant, hosts), trace ? out::println : null)
                : runner.run(seed, schedules, hosts, variant);
        long millis = (System.nanoTime() - began) / 1_000_000;
        runner.coverage()
                .all()
                .forEach((event, count) -> out.printf(
                        Locale.ROOT,
                        "%,14d  %s%n",
                        count,
                        event.name().toLowerCase(Locale.ROOT).replace('_', ' ')));
        out.printf(Locale.ROOT, "%,d schedules in %,d ms%n", runner.coverage().of(Coverage.Event.SCHEDULES), millis);
        failure.ifPresent(f -> report(f, out));
        return failure.isEmpty();
    }

    private void report(Failure failure, PrintStream out) {
        out.println();
        out.println("FAILED: " + failure);
        if (trace || !(failure.violation() instanceof Violation)) {
            failure.violation().printStackTrace(out);
        }
        out.println("again, with all that happens: ./kemari simulate --seed "
                + failure.plan().seed()
                + (hosts == 0 ? "" : " --hosts " + hosts)
                + (variant == Variant.NONE ? "" : " --variant " + variant.name())
                + " --trace");
    }
}
