package org.kemari.itests.endurance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** The results as Markdown. */
final class Report {
    private final List<Trial> trials;
    private final long seed;
    private final String policy;
    private final int acknowledged;
    private final long nanos;

    Report(List<Trial> trials, long seed, String policy, int acknowledged, long nanos) {
        this.trials = trials;
        this.seed = seed;
        this.policy = policy;
        this.acknowledged = acknowledged;
        this.nanos = nanos;
    }

    List<String> matrix() {
        List<String> lines = new ArrayList<>(head("Every failure at every moment", "./kemari endure matrix"));
        lines.add(
                "| failure | moment | outcome | noticed ms | decided ms | running ms | longest wait ms | protected s |");
        lines.add("|---|---|---|---:|---:|---:|---:|---:|");
        for (Trial t : trials) {
            lines.add("| " + t.what() + " | " + t.when() + " | "
                    + (t.isGood() ? t.outcome() : "**" + String.join("; ", t.faults()) + "**")
                    + t.takeover()
                            .map(o -> " | %d | %.0f | %.0f".formatted(o.detected(), o.decided(), o.running()))
                            .orElse(" | – | – | –")
                    + " | " + (t.silenceMillis() < 0 ? "–" : t.silenceMillis())
                    + " | " + (t.protectedMillis() < 0 ? "–" : "%.1f".formatted(t.protectedMillis() / 1e3)) + " |");
        }
        return lines;
    }

    List<String> kills() {
        List<String> lines = new ArrayList<>(head("Deaths in a row", "./kemari endure kills"));
        lines.add("Medians and, behind the stroke, the largest value.");
        lines.add("");
        lines.add("| what | times | faults | noticed ms | decided ms | running ms | longest wait ms | protected s |");
        lines.add("|---|---:|---:|---:|---:|---:|---:|---:|");
        Map<String, List<Trial>> byKind =
                trials.stream().collect(Collectors.groupingBy(Trial::what, LinkedHashMap::new, Collectors.toList()));
        byKind.forEach((what, all) -> lines.add("| " + what + " | " + all.size() + " | "
                + all.stream().filter(t -> !t.isGood()).count() + " | "
                + figures(all, t -> t.takeover().map(o -> (double) o.detected()).orElse(-1.0), "%.0f")
                + " | "
                + figures(all, t -> t.takeover().map(Trial.Takeover::decided).orElse(-1.0), "%.0f")
                + " | "
                + figures(all, t -> t.takeover().map(Trial.Takeover::running).orElse(-1.0), "%.0f")
                + " | " + figures(all, t -> (double) t.silenceMillis(), "%.0f")
                + " | " + figures(all, t -> t.protectedMillis() < 0 ? -1 : t.protectedMillis() / 1e3, "%.1f")
                + " |"));
        for (Trial t : trials) {
            if (!t.isGood()) {
                lines.add("");
                lines.add("- " + t);
            }
        }
        return lines;
    }

    private List<String> head(String title, String command) {
        long bad = trials.stream().filter(t -> !t.isGood()).count();
        return List.of(
                "# " + title,
                "",
                "Written by `" + command + " --seed " + seed + " --write-policy " + policy + " --record` on "
                        + LocalDate.now(ZoneOffset.UTC) + ". Hosts, witness, guest and client share one machine of "
                        + Runtime.getRuntime().availableProcessors()
                        + " cores; a silent host counts as lost after 2 s (by default 500 ms).",
                "",
                "%d trials in %d min, %d with a fault; %d records acknowledged over the guest's one connection and found"
                                .formatted(trials.size(), nanos / 60_000_000_000L, bad, acknowledged)
                        + " on both hosts' disks, once each.",
                "",
                "*noticed*, *decided*, *running*: since the failure, until the standby suspected the primary, had the"
                        + " arbiter's word, and had resumed the guest. *longest wait*: of the client, for an answer."
                        + " *protected*: since the failure, including the repair and the boot of whatever had died.",
                "");
    }

    private static String figures(List<Trial> all, ToDoubleFunction<Trial> figure, String format) {
        double[] values =
                all.stream().mapToDouble(figure).filter(v -> v >= 0).sorted().toArray();
        if (values.length == 0) {
            return "–";
        }
        return String.format(
                Locale.ROOT, format + " / " + format, values[values.length / 2], values[values.length - 1]);
    }

    void write(Path file, List<String> lines) throws IOException {
        Files.write(file, lines);
    }
}
