package org.kemari.itests.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.kemari.itests.bench.Context;
import org.kemari.itests.bench.Machine;
import org.kemari.itests.bench.Progress;
import org.kemari.itests.guest.GuestImage;
import org.kemari.itests.lab.Lab;

/** What {@code ./kemari bench compare} runs. Ends with status 0 if everything could be measured, whatever was found. */
public final class Compare {
    private static final List<Integer> DIRTY_RATES = List.of(0, 2000, 20_000);
    private static final List<Integer> QUICK_DIRTY_RATES = List.of(0, 20_000);
    private static final List<Integer> MORE_MEMORY_MIB = List.of(1024, 2048);

    private static final int LONGEST_NOTE = 200;

    private final CompareOptions options;
    private final Lab lab;
    private final Path output;
    private final Progress progress = new Progress(System.out);
    private final Sheet sheet = new Sheet();
    private final List<String> notes = new ArrayList<>();

    private Compare(CompareOptions options, Lab lab) throws IOException {
        this.options = options;
        this.lab = lab;
        this.output = Files.createDirectories(lab.root().resolve("target/bench/compare"));
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> modes = Mode.ALL.stream().map(Mode::name).toList();
        List<String> workloads = List.of("redis", "fio", "iperf3", "compile", "http", "ping", "dirtier");
        CompareOptions options;
        try {
            options = CompareOptions.parse(List.of(arguments), modes, workloads);
        } catch (IllegalArgumentException e) {
            System.err.println("kemari bench compare: " + e.getMessage());
            System.exit(2);
            return;
        }
        if (options.help()) {
            System.out.printf(CompareOptions.USAGE, String.join(", ", modes), String.join(", ", workloads));
            return;
        }
        boolean good;
        try (Lab lab = Lab.open()) {
            good = new Compare(options, lab).run("./kemari bench compare " + String.join(" ", arguments));
        }
        System.exit(good ? 0 : 1);
    }

    private boolean run(String commandLine) throws IOException, InterruptedException {
        Map<String, String> machine = Machine.describe(lab.root());
        machine.forEach((name, words) -> progress.say("%s: %s", name, words));
        List<Mode> modes = modes();
        Compile compile = new Compile(lab.workspace().resolve("source"));
        List<Workload> others = List.of(new Redis(), new Fio(), new Iperf(), compile, new Http());
        Programs programs = new Programs();
        others.stream()
                .filter(workload -> !modes.isEmpty() && options.wantsWorkload(workload.name()))
                .forEach(workload -> workload.addPrograms(programs));
        GuestImage image = GuestImage.build(lab.workspace().resolve("image"), programs.files());
        Context context = new Context(lab, image, output, progress);
        if (!modes.isEmpty()) {
            compare(commandLine.strip(), new LinkedHashMap<>(machine), context, modes, others);
        }
        if (wantsColo() && ColoPeer.absence().isEmpty()) {
            contest(commandLine.strip(), new LinkedHashMap<>(machine), context);
        }
        context.saveLogs();
        context.failures().forEach(failure -> progress.say("FAILED: %s", brief(failure)));
        return context.failures().isEmpty();
    }

    private void compare(
            String commandLine, Map<String, String> machine, Context context, List<Mode> modes, List<Workload> others)
            throws IOException, InterruptedException {
        List<Integer> rates = options.quick() ? QUICK_DIRTY_RATES : DIRTY_RATES;
        Cells cells = new Cells(context, options, sheet, rates, others);
        try {
            cells.warmUp(modes);
            cells.run(modes, options.rounds());
            if (!options.quick()) {
                cells.sweep(modes.stream().filter(Mode::isEventDriven).toList(), MORE_MEMORY_MIB);
            }
        } catch (IOException | TimeoutException | RuntimeException e) {
            context.failed("warming up", e);
        }
        machine.put(
                "guest", "512 MiB, 1 vCPU, " + cells.accelerator() + "; its two disks are in memory, on both hosts");
        machine.put("load of the machine, end of the run", Machine.load());
        context.failures().forEach(failure -> notes.add("Not measured: " + brief(failure) + "."));
        write(new Page(commandLine, machine, cells.workloads(), notes), cells);
    }

    /** It has a page of its own: its guests, its QEMU and what is asked of them are others. */
    private void contest(String commandLine, Map<String, String> machine, Context context)
            throws IOException, InterruptedException {
        int failures = context.failures().size();
        String load = Machine.load();
        machine.put("load of the machine, begin of the run", load);
        Contest contest = new Contest(context, options, ColoPeer.program());
        try {
            contest.run();
        } catch (IOException | TimeoutException | RuntimeException e) {
            context.failed("colo", e);
        }
        machine.put("QEMU", ColoPeer.version());
        machine.put("guest", "512 MiB, 1 vCPU, " + String.join(" ", contest.processor()));
        machine.put("load of the machine, end of the run", Machine.load());
        List<String> remarks = new ArrayList<>(Machine.busy(load).stream().toList());
        context.failures().stream()
                .skip(failures)
                .forEach(failure -> remarks.add("Not measured: " + brief(failure) + "."));
        ContestPage page = new ContestPage(contest.bouts());
        page.tables().forEach(table -> progress.print(table.text()));
        Path file = report("COLO.md");
        page.write(file, directory(), commandLine, machine, remarks);
        progress.say("written: %s, and CSV and SVG files", lab.root().relativize(file));
    }

    private boolean wantsColo() {
        return options.wantsMode(Bout.COLO) && options.wantsWorkload("dirtier");
    }

    private Path report(String name) {
        return options.record() ? lab.root().resolve("itests/bench").resolve(name) : output.resolve(name);
    }

    /** Where values and drawings are. */
    private Path directory() {
        return options.record() ? lab.root().resolve("itests/bench/compare") : output;
    }

    /** Those to measure; where the one is measured that is a contest of its own, or why it is not, is noted. */
    private List<Mode> modes() {
        if (wantsColo()) {
            String note = "colo: "
                    + ColoPeer.absence()
                            .map(why -> "not measured: " + why + ".")
                            .orElse("Kemari beside QEMU's own COLO is in COLO.md.");
            notes.add(note);
            progress.say("%s", note);
        }
        return Mode.ALL.stream()
                .filter(mode -> options.wantsMode(mode.name()) && mode.machinery() != Mode.Machinery.COLO)
                .toList();
    }

    /** In one line that can be read; all of it has been said when it happened. */
    private static String brief(String failure) {
        String line = failure.strip().replaceAll("\\s+", " ");
        return line.length() > LONGEST_NOTE ? line.substring(0, LONGEST_NOTE) + " …" : line;
    }

    private void write(Page page, Cells cells) throws IOException {
        List<Mode> wanted =
                Mode.ALL.stream().filter(mode -> options.wantsMode(mode.name())).toList();
        Report report = new Report(sheet, wanted, options.rounds(), cells.pauses());
        report.tables().forEach(table -> progress.print(table.text()));
        notes.forEach(note -> progress.say("%s", note));
        Path file = report("COMPARE.md");
        Map<String, String> drawings =
                new Drawings(sheet, report.modes(), report.base(), cells.pauses()).write(directory());
        String prefix = options.record() ? "compare/" : "";
        Files.writeString(file, page.markdown(report, drawings, prefix));
        progress.say("written: %s, and CSV and SVG files beside it", lab.root().relativize(file));
    }
}
