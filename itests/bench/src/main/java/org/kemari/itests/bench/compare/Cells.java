package org.kemari.itests.bench.compare;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.ObjDoubleConsumer;
import org.kemari.itests.bench.Accelerators;
import org.kemari.itests.bench.Context;
import org.kemari.itests.bench.Guest;
import org.kemari.itests.bench.Table;

/** Runs the workloads in the modes, round by round: a cell is one mode in one round, with a guest of its own. */
final class Cells {
    private static final int MEMORY_MIB = 512;
    private static final double WARM_UP_SECONDS = 1;
    private static final int PROBE_GUEST = 98;

    private final Context context;
    private final List<Workload> workloads;
    private final double seconds;
    private final Sheet sheet;
    private final List<Pause> pauses = new ArrayList<>();
    private int round;
    private String mode = "";
    private String accelerator = "";

    /**
     * Nothing is measured yet.
     *
     * @param dirtyRates pages per second that memory is written with
     * @param others the workloads that need nothing from here
     */
    Cells(Context context, CompareOptions options, Sheet sheet, List<Integer> dirtyRates, List<Workload> others) {
        this.context = context;
        this.seconds = options.seconds();
        this.sheet = sheet;
        List<Workload> all = new ArrayList<>(others);
        all.add(new Echo(millis -> sheet.addEcho(round, mode, millis)));
        all.add(new Dirtier(dirtyRates, this::pause));
        this.workloads = all.stream()
                .filter(workload -> options.wantsWorkload(workload.name()))
                .toList();
    }

    List<Workload> workloads() {
        return workloads;
    }

    List<Pause> pauses() {
        return List.copyOf(pauses);
    }

    /** What QEMU runs the guests with; known after {@link #warmUp}. */
    String accelerator() {
        return accelerator;
    }

    private void pause(Pause pause) {
        if (round > 0) {
            pauses.add(pause.inRound(round));
            context.progress()
                    .say(
                            "  %d pages/s: %s checkpoints/s of %s pages, pause p50 %s ms, p99 %s ms",
                            pause.dirtiedPerSecond(),
                            Table.number(pause.checkpointsPerSecond()),
                            Table.number(pause.pages()),
                            Table.number(pause.pause().p50()),
                            Table.number(pause.pause().p99()));
        }
    }

    /** Has the hosts do everything once, so that no mode has to wait for their code to be compiled; if they are needed. */
    void warmUp(List<Mode> modes) throws TimeoutException, IOException, InterruptedException {
        if (modes.stream().allMatch(next -> next.machinery() == Mode.Machinery.QEMU)) {
            accelerator = Accelerators.usable(context, PROBE_GUEST);
            return;
        }
        round = 0;
        List<Mode> kinds = modes.stream().filter(Mode::isEventDriven).toList();
        for (Mode next : kinds.isEmpty()
                ? Mode.ALL.stream().filter(Mode::isProtected).limit(1).toList()
                : kinds) {
            context.progress().say("warming up: the hosts do everything once, %s", next.name());
            try (DomainSubject subject = DomainSubject.start(context, next, "warmup-" + next.name(), MEMORY_MIB)) {
                accelerator = subject.guest().orElseThrow().accelerator();
                for (Workload workload : workloads) {
                    warmUp(subject, workload);
                }
            }
        }
    }

    private void warmUp(Subject subject, Workload workload) throws InterruptedException {
        try {
            workload.run(subject, WARM_UP_SECONDS, (figure, value) -> {});
        } catch (IOException | TimeoutException | RuntimeException e) {
            context.failed("warming up, " + workload.name(), e);
        }
    }

    /** Everything, in an order that is another one in each round. */
    void run(List<Mode> modes, int rounds) throws InterruptedException {
        List<Mode> order = new ArrayList<>(modes);
        for (round = 1; round <= rounds; round++) {
            for (Mode next : order) {
                mode = next.name();
                context.progress().say("round %d of %d, %s", round, rounds, mode);
                try (Subject subject = start(next, "compare-" + round + "-" + mode, MEMORY_MIB)) {
                    for (Workload workload : workloads) {
                        if (workload.suits(next)) {
                            measure(subject, workload);
                        }
                    }
                } catch (IOException | TimeoutException | RuntimeException e) {
                    context.failed(mode + ", round " + round, e);
                }
            }
            Collections.rotate(order, -1);
        }
    }

    private Subject start(Mode next, String name, int memoryMib) throws TimeoutException, IOException {
        return next.machinery() == Mode.Machinery.QEMU
                ? BareSubject.start(context, next, name, accelerator)
                : DomainSubject.start(context, next, name, memoryMib);
    }

    /** One workload; if it fails the others are still tried. */
    private void measure(Subject subject, Workload workload) throws InterruptedException {
        StringBuilder words = new StringBuilder();
        ObjDoubleConsumer<Figure> found = (figure, value) -> {
            sheet.add(round, mode, figure, value);
            if (sheet.speeds().contains(figure) || workload instanceof Echo && figure.kind() == Kind.LATENCY) {
                words.append(words.isEmpty() ? ": " : ", ")
                        .append(figure.subject())
                        .append(figure.kind() == Kind.LATENCY ? " " + figure.name() : "")
                        .append(String.format(Locale.ROOT, " %s %s", Table.number(value), figure.unit()));
            }
        };
        // the dirtier has sessions of its own
        Optional<Guest> counted =
                subject.guest().filter(guest -> subject.mode().isProtected() && !(workload instanceof Dirtier));
        try {
            Optional<Account> before = counted.map(Account::of);
            workload.run(subject, seconds, found);
            counted.ifPresent(guest -> Account.of(guest).tell(before.orElseThrow(), workload.name(), found));
            context.progress().say("  %s%s", workload.name(), words);
        } catch (IOException | TimeoutException | RuntimeException e) {
            context.failed(mode + ", round " + round + ", " + workload.name(), e);
        }
    }

    /** Guests of several sizes, in each protected mode that has no fixed period. */
    void sweep(List<Mode> modes, List<Integer> memoryMib) throws InterruptedException {
        List<Workload> dirtiers =
                workloads.stream().filter(Dirtier.class::isInstance).toList();
        round = 1;
        for (Workload dirtier : dirtiers) {
            for (Mode next : modes) {
                for (int size : memoryMib) {
                    mode = next.name();
                    context.progress().say("%s, %d MiB of memory", mode, size);
                    try (Subject subject = start(next, "sweep-" + size + "-" + mode, size)) {
                        measure(subject, dirtier);
                    } catch (IOException | TimeoutException | RuntimeException e) {
                        context.failed(mode + ", " + size + " MiB", e);
                    }
                }
            }
        }
    }
}
