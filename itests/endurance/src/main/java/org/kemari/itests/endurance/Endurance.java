package org.kemari.itests.endurance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.kemari.itests.lab.Lab;

/** {@code ./kemari endure}: every failure at every moment, or many failures in a row. */
public final class Endurance {
    private static final String USAGE =
            """
            ./kemari endure matrix [--failures A,B,…] [--moments A,B,…] [--rounds N] [--seed N]
                                [--write-policy POLICY] [--record]
                every failure at every moment (all of them take about half an hour); the names are
                failures: %s
                moments:  %s
            ./kemari endure kills [N] [--seed N] [--write-policy POLICY] [--record]
                N (500) random deaths and switchovers in a row, each followed by re-protection
            --write-policy is hold (default) or run-ahead
            --record writes the result to itests/bench/MATRIX.md or itests/bench/KILLS.md, with -RUN-AHEAD in the name
            if that is the policy
            """
                    .formatted(names(Failure.class), names(Moment.class));

    /** How often each death is drawn; a host that has to boot again takes ten times as long as a QEMU. */
    private static final List<Failure> DEATHS = List.of(
            Failure.PRIMARY_HYPERVISOR,
            Failure.PRIMARY_HYPERVISOR,
            Failure.PRIMARY_HYPERVISOR,
            Failure.PRIMARY_HYPERVISOR,
            Failure.PRIMARY_HYPERVISOR,
            Failure.PRIMARY_KEMARI,
            Failure.PRIMARY_HOST,
            Failure.STANDBY_KEMARI,
            Failure.STANDBY_HOST);

    private static final List<Moment> DEATH_MOMENTS = List.of(Moment.IDLE, Moment.LOADED, Moment.CHECKPOINT);
    private static final String RUN_AHEAD = "run-ahead";
    /** Every so many trials one is a switchover. */
    private static final int SWITCHOVER_EVERY = 5;

    private final Rig rig;
    private final Consumer<String> out;
    private final List<Trial> trials = new ArrayList<>();
    private int acknowledged;

    Endurance(Rig rig, Consumer<String> out) {
        this.rig = rig;
        this.out = out;
    }

    List<Trial> trials() {
        return trials;
    }

    int acknowledged() {
        return acknowledged;
    }

    private static String names(Class<? extends Enum<?>> type) {
        return String.join(
                ", ",
                Arrays.stream(type.getEnumConstants()).map(Endurance::option).toList());
    }

    private static String option(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** One cell. */
    record Cell(Failure failure, Moment moment) {}

    static List<Cell> cells(Set<Failure> failures, Set<Moment> moments, int rounds) {
        List<Cell> cells = failures.stream()
                .flatMap(f -> moments.stream().map(m -> new Cell(f, m)))
                .toList();
        return Collections.nCopies(rounds, cells).stream().flatMap(List::stream).toList();
    }

    /** Runs the cells one after the other; after each failure of the product a new guest is begun with. */
    void matrix(List<Cell> cells) throws TimeoutException, IOException, InterruptedException {
        run(
                cells.size(),
                (trial, n) -> trial.run(cells.get(n).failure(), cells.get(n).moment()));
    }

    void kills(int count) throws TimeoutException, IOException, InterruptedException {
        Random random = rig.random();
        run(
                count,
                (trial, n) -> n % SWITCHOVER_EVERY == SWITCHOVER_EVERY - 1
                        ? trial.switchover()
                        : trial.run(
                                DEATHS.get(random.nextInt(DEATHS.size())),
                                DEATH_MOMENTS.get(random.nextInt(DEATH_MOMENTS.size()))));
    }

    private interface Step {
        Trial take(Trials trials, int number) throws InterruptedException;
    }

    private void run(int count, Step step) throws TimeoutException, IOException, InterruptedException {
        rig.repair();
        int n = 0;
        while (n < count) {
            try (Subject subject = Subject.start(rig, rig.freshName())) {
                Trials all = new Trials(rig, subject);
                boolean good = true;
                while (n < count && good) {
                    Trial trial = step.take(all, n++);
                    trials.add(trial);
                    good = trial.isGood();
                    out.accept(n + "/" + count + " " + trial);
                }
                if (!good) {
                    subject.story().forEach(line -> out.accept("  " + line));
                    cleanUp(subject);
                    continue;
                }
                List<String> faults = subject.finish();
                acknowledged += subject.acknowledged();
                out.accept(subject.acknowledged() + " acknowledged records looked for on both disks: "
                        + (faults.isEmpty() ? "all there, once" : String.join("; ", faults)));
                if (!faults.isEmpty()) {
                    trials.add(new Trial(
                            "records on the disks", "in the end", "?", java.util.Optional.empty(), -1, -1, faults));
                }
            }
        }
    }

    /** A guest that went wrong is put away with its hosts, so that the next one begins afresh. */
    private void cleanUp(Subject subject) throws TimeoutException {
        rig.lab().faults().repairAll();
        rig.saveLogs(subject.name());
        for (var host : rig.group().hosts()) {
            host.files().removeDomain(subject.name());
            host.powerOff();
        }
        rig.repair();
    }

    /** @param arguments see {@link #USAGE} */
    public static void main(String[] arguments) throws Exception {
        List<String> words = new ArrayList<>(List.of(arguments));
        try {
            boolean record = words.remove("--record");
            long seed = Long.parseLong(value(words, "--seed", Long.toString(System.nanoTime())));
            String policy = value(words, "--write-policy", "hold");
            if (!List.of("hold", RUN_AHEAD).contains(policy)) {
                throw new IllegalArgumentException("there is no write policy " + policy);
            }
            Set<Failure> failures = constants(Failure.class, value(words, "--failures", ""));
            Set<Moment> moments = constants(Moment.class, value(words, "--moments", ""));
            int rounds = Integer.parseInt(value(words, "--rounds", "1"));
            String kind = words.isEmpty() ? "help" : words.remove(0);
            int count = kind.equals("kills") && !words.isEmpty() ? Integer.parseInt(words.remove(0)) : 500;
            if (!List.of("matrix", "kills").contains(kind) || !words.isEmpty() || count < 1 || rounds < 1) {
                throw new IllegalArgumentException(words.isEmpty() ? "" : "what is " + words.get(0) + "?");
            }
            System.exit(run(kind, cells(failures, moments, rounds), count, seed, policy, record) ? 0 : 1);
        } catch (IllegalArgumentException e) {
            System.err.println(USAGE + (e.getMessage().isEmpty() ? "" : "kemari: " + e.getMessage()));
            System.exit(2);
        }
    }

    private static boolean run(String kind, List<Cell> cells, int count, long seed, String policy, boolean record)
            throws Exception {
        try (Rig rig = new Rig(seed)) {
            rig.writePolicy(policy);
            Endurance endurance = new Endurance(rig, System.out::println);
            System.out.println("seed " + seed);
            long begin = System.nanoTime();
            if (kind.equals("matrix")) {
                endurance.matrix(cells);
            } else {
                endurance.kills(count);
            }
            Report report =
                    new Report(endurance.trials, seed, policy, endurance.acknowledged, System.nanoTime() - begin);
            List<String> lines = kind.equals("matrix") ? report.matrix() : report.kills();
            lines.forEach(System.out::println);
            if (record) {
                report.write(
                        Lab.projectRoot()
                                .resolve("itests/bench")
                                .resolve((kind.equals("matrix") ? "MATRIX" : "KILLS")
                                        + (policy.equals(RUN_AHEAD) ? "-RUN-AHEAD.md" : ".md")),
                        lines);
            }
            return endurance.trials.stream().allMatch(Trial::isGood);
        }
    }

    private static String value(List<String> words, String option, String otherwise) {
        int at = words.indexOf(option);
        if (at < 0) {
            return otherwise;
        }
        if (at + 1 >= words.size()) {
            throw new IllegalArgumentException(option + " needs a value");
        }
        words.remove(at);
        return words.remove(at);
    }

    private static <T extends Enum<T>> Set<T> constants(Class<T> type, String names) {
        if (names.isEmpty()) {
            return EnumSet.allOf(type);
        }
        EnumSet<T> set = EnumSet.noneOf(type);
        for (String name : names.split(",")) {
            set.add(Enum.valueOf(type, name.strip().toUpperCase(Locale.ROOT).replace('-', '_')));
        }
        return set;
    }
}
