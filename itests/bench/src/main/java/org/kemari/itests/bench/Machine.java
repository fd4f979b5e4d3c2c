package org.kemari.itests.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.kemari.itests.lab.Shell;

/** The machine that was measured on, in words. */
public final class Machine {
    private static final double MOST_BUSY = 0.5;

    private Machine() {}

    /** What there is to know, by its name, in the order to show it. */
    public static Map<String, String> describe(Path root) {
        Map<String, String> words = new LinkedHashMap<>();
        words.put(
                "date",
                LocalDateTime.now(ZoneOffset.UTC).format(DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm")) + " UTC");
        words.put("revision", revision(root));
        words.put(
                "processor",
                value("/proc/cpuinfo", "model name").orElse("unknown") + ", "
                        + Runtime.getRuntime().availableProcessors() + " cores");
        words.put(
                "memory",
                value("/proc/meminfo", "MemTotal").map(Machine::gibibytes).orElse("unknown"));
        words.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        words.put("QEMU", firstLine(List.of("qemu-system-x86_64", "--version")).replace("QEMU emulator version ", ""));
        words.put("Java", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
        words.put("nice value of the run", nice());
        words.put("load of the machine, begin of the run", load());
        return words;
    }

    /** Raised priority (below 0) keeps other work of the machine out of the figures. */
    private static String nice() {
        try {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            // field 19; the second may contain anything, in parentheses
            return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16];
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many threads wanted to run, on average over 1, 5 and 15 minutes. */
    public static String load() {
        try {
            return String.join(
                    ", ",
                    List.of(Files.readString(Path.of("/proc/loadavg")).split(" "))
                            .subList(0, 3));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A warning if other work kept more than a part of the processors busy when a run began. */
    public static Optional<String> busy(String load) {
        double threads = Double.parseDouble(load.split(",")[0]);
        return threads > MOST_BUSY * Runtime.getRuntime().availableProcessors()
                ? Optional.of("**The machine was busy with other work** (load " + load
                        + " at the begin): look at ratios, not at times.")
                : Optional.empty();
    }

    private static String revision(Path root) {
        Shell.Result result = Shell.tryRun(
                List.of("git", "-C", root.toString(), "-c", "safe.directory=*", "rev-parse", "--short=12", "HEAD"));
        return result.status() == 0 ? result.text().strip() : "unknown";
    }

    private static String firstLine(List<String> command) {
        Shell.Result result = Shell.tryRun(command);
        return result.status() == 0 ? result.text().lines().findFirst().orElse("unknown") : "unknown";
    }

    private static String gibibytes(String kibibytes) {
        return String.format(Locale.ROOT, "%.0f GiB", Long.parseLong(kibibytes.split(" ")[0]) / 1048576.0);
    }

    private static Optional<String> value(String file, String key) {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(key))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
