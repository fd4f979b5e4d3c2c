package org.kemari.itests.bench.compare;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.ObjDoubleConsumer;
import org.kemari.api.management.StateTransferMXBean;
import org.kemari.itests.bench.Guest;
import org.kemari.itests.bench.Ping;
import org.kemari.itests.bench.Samples;

/** Memory that is written at fixed rates, and what that does to the pauses. Each rate has a session of its own. */
final class Dirtier implements Workload {
    private static final int WORKING_SET_MIB = 64;
    private static final double PING_SECONDS = 0.01;

    private final List<Integer> rates;
    private final Consumer<Pause> pauses;

    /**
     * The workload.
     *
     * @param rates pages per second
     * @param pauses is told what came of each; its round is 0
     */
    Dirtier(List<Integer> rates, Consumer<Pause> pauses) {
        this.rates = List.copyOf(rates);
        this.pauses = pauses;
    }

    @Override
    public String name() {
        return "dirtier";
    }

    @Override
    public String words() {
        return "pages written at a fixed rate anywhere in 64 MiB, and a ping every 10 ms; protected modes only.";
    }

    @Override
    public boolean suits(Mode mode) {
        return mode.isProtected();
    }

    @Override
    public void run(Subject subject, double seconds, ObjDoubleConsumer<Figure> found)
            throws IOException, TimeoutException, InterruptedException {
        Guest guest = subject.guest().orElseThrow();
        try {
            for (int rate : rates) {
                guest.unprotect();
                subject.control().ask("dirty " + (rate == 0 ? 0 : WORKING_SET_MIB) + " " + rate);
                guest.protect();
                pauses.accept(observe(subject, guest, rate, seconds));
            }
        } finally {
            subject.control().ask("dirty 0 0");
        }
    }

    /** The first checkpoints of a session, whose pages are those of the first copy's last round, count as any other. */
    private static Pause observe(Subject subject, Guest guest, int rate, double seconds)
            throws IOException, InterruptedException {
        StateTransferMXBean transfer = guest.console().transfer(guest.name());
        try (Ping ping = Ping.start(subject.address(), PING_SECONDS)) {
            long before = transfer.getCheckpoints();
            long begun = System.nanoTime();
            Thread.sleep((long) (1000 * seconds));
            double took = (System.nanoTime() - begun) / 1e9;
            Samples millis =
                    Samples.of(ping.replies().stream().map(Ping.Reply::millis).toList());
            if (millis.isEmpty()) {
                throw new IOException("the guest answers no ping");
            }
            return new Pause(
                    0,
                    subject.mode().name(),
                    (int) (guest.domain().getMemoryBytes() >> 20),
                    rate,
                    (transfer.getCheckpoints() - before) / took,
                    transfer.getPagesPerEpoch().getP50(),
                    Pause.Millis.of(transfer.getPause()),
                    Pause.Millis.of(millis));
        }
    }
}
