package org.kemari.micro;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs the benchmarks: {@code micro [--write] [pattern] [options of JMH]}. Allocation is always measured too. With
 * {@code --write} the results go into itests/bench/MICRO.md.
 */
public final class Micro {
    private static final String ROOT = "kemari.root";

    private Micro() {}

    public static void main(String[] arguments) throws IOException, RunnerException, CommandLineOptionException {
        boolean write = arguments.length > 0 && arguments[0].equals("--write");
        String[] rest = write ? java.util.Arrays.copyOfRange(arguments, 1, arguments.length) : arguments;
        CommandLineOptions given = new CommandLineOptions(rest);
        if (given.shouldHelp()) {
            given.showHelp();
            return;
        }
        String load = Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
        Collection<RunResult> results = new Runner(options(given)).run();
        Report report = new Report(results, String.join(" ", rest), load);
        System.out.println();
        System.out.println(report.text());
        if (write) {
            Files.writeString(Path.of(System.getProperty(ROOT), "itests", "bench", "MICRO.md"), report.text());
        }
    }

    private static org.openjdk.jmh.runner.options.Options options(CommandLineOptions given) {
        ChainedOptionsBuilder builder = new OptionsBuilder()
                .parent(given)
                .addProfiler(GCProfiler.class)
                .jvmArgsAppend(
                        "-D" + ROOT + "=" + System.getProperty(ROOT),
                        "-XX:+UseSerialGC",
                        "-Xmx256m",
                        "-Djna.nosys=true");
        return (given.getForkCount().hasValue() ? builder : builder.forks(1)).build();
    }

    /** Where {@code native/Makefile} puts what it builds. */
    static Path nativeTarget() {
        return Path.of(System.getProperty(ROOT), "native", "target");
    }
}
