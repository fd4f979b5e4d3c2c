package org.kemari.itests.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.ToDoubleFunction;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.guest.GuestPorts;
import org.kemari.itests.guest.RecordClient;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.KemariHost;

/** What each kind of failure of the primary costs a guest under load, and how long until it is protected again. */
final class FailureBenchmark implements Benchmark {
    private static final int MEMORY_MIB = 512;
    private static final long SETTLE_MILLIS = 3000;
    private static final String NAME = "benchfail";

    /** What happens to the primary. */
    private enum Kind {
        HYPERVISOR("QEMU killed"),
        KEMARI("Kemari killed"),
        HOST("host killed"),
        SILENCE("host stands still"),
        SWITCHOVER("switchover");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        void strike(KemariHost primary) {
            switch (this) {
                case HYPERVISOR -> primary.killHypervisors();
                case KEMARI -> primary.killJvm();
                case HOST -> primary.killEverything();
                case SILENCE -> primary.freeze();
                case SWITCHOVER -> primary.console().domain(NAME).switchover();
            }
        }

        /** Once the other host has taken over. */
        void repair(Guest guest) throws TimeoutException {
            switch (this) {
                case HOST -> guest.revive();
                case KEMARI -> {
                    Await.until("Kemari is gone", Guest.PATIENCE, () -> !guest.other()
                            .isRunning());
                    guest.other().start();
                }
                case SILENCE -> guest.other().thaw();
                default -> {}
            }
        }
    }

    /** One failure; when the guest was protected again, milliseconds since it happened. */
    private record Trial(Takeover takeover, double protectedMillis) {
        double of(ToDoubleFunction<Takeover> figure) {
            return figure.applyAsDouble(takeover);
        }
    }

    @Override
    public String name() {
        return "failure";
    }

    @Override
    public List<Table> run(Context context) throws IOException, TimeoutException, InterruptedException {
        Table table = table();
        DomainSpec spec = new DomainSpec(NAME, "198.18.7.120")
                .memory(MEMORY_MIB)
                .vcpus(1)
                .standbys("east", "west")
                .automatic(true);
        try (Guest guest = Guest.start(context, spec, false)) {
            guest.awaitProtected();
            guest.control().ask("dirty 64 4000");
            for (Kind kind : Kind.values()) {
                measure(context, guest, kind, table);
            }
        }
        return table.isEmpty() ? List.of() : List.of(table);
    }

    private static void measure(Context context, Guest guest, Kind kind, Table table)
            throws IOException, TimeoutException, InterruptedException {
        List<Trial> trials = new ArrayList<>();
        for (int i = 1; i <= context.options().takeovers(); i++) {
            Trial trial = trial(guest, kind);
            trials.add(trial);
            context.progress()
                    .say(
                            "%s, %d of %d: running after %.0f ms (detected %.0f), silent for %.0f ms, protected after %.1f s",
                            kind.words,
                            i,
                            context.options().takeovers(),
                            trial.takeover().runningMillis(),
                            trial.takeover().detectedMillis(),
                            trial.takeover().silenceMillis(),
                            trial.protectedMillis() / 1000);
        }
        if (!trials.isEmpty()) {
            describe(kind, trials, table);
        }
    }

    private static Trial trial(Guest guest, Kind kind) throws IOException, TimeoutException, InterruptedException {
        RecordClient client = RecordClient.start(guest.address(), GuestPorts.RECORD, 1, 0);
        Takeover takeover;
        double again;
        try {
            Thread.sleep(SETTLE_MILLIS);
            takeover = guest.lose(kind::strike);
            kind.repair(guest);
            again = guest.awaitProtected();
        } finally {
            client.finish();
        }
        if (client.failure().isPresent()) {
            throw new IOException(
                    "the client's connection broke", client.failure().get());
        }
        guest.other().awaitReady();
        return new Trial(takeover, again - takeover.killedMillis());
    }

    private static void describe(Kind kind, List<Trial> trials, Table table) {
        table.row(
                kind.words,
                Integer.toString(trials.size()),
                step(trials, Takeover::detectedMillis),
                step(trials, Takeover::decidedMillis),
                step(trials, Takeover::resumedMillis),
                step(trials, Takeover::runningMillis),
                step(trials, Takeover::silenceMillis),
                Table.number(
                        Samples.of(trials.stream().map(Trial::protectedMillis).toList())
                                        .median()
                                / 1000));
    }

    private static String step(List<Trial> trials, ToDoubleFunction<Takeover> figure) {
        Samples samples =
                Samples.of(trials.stream().map(trial -> trial.of(figure)).toList());
        return Table.number(samples.median()) + " / " + Table.number(samples.max());
    }

    private static Table table() {
        return new Table(
                "Failures of the primary, and switchover",
                "A guest of 512 MiB that writes 4000 pages a second all over 64 MiB and has a client append durable records"
                        + " over one connection, which must not break. Detected: from the failure, or the operator's"
                        + " word, until the standby acts; decided and resumed are counted from there. A host that stands"
                        + " still (SIGSTOP to all of it) is found by its silence, "
                        + "for which these hosts wait 2 s at most (by default 500 ms)."
                        + " Silence: the longest time in which the guest answered no ping (one every 5 ms). Milliseconds,"
                        + " median and largest. Protected again: seconds since the failure, median, including the boot of"
                        + " what was killed, which begins when the takeover has been watched for 1 s.",
                "what",
                "times",
                "detected",
                "+ decided",
                "+ resumed",
                "running",
                "silence",
                "protected again s");
    }
}
