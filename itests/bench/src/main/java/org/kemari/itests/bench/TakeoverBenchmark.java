package org.kemari.itests.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.kemari.api.management.EventTapMXBean;
import org.kemari.api.management.LatencyView;
import org.kemari.api.management.StateTransferMXBean;
import org.kemari.itests.guest.GuestPorts;
import org.kemari.itests.guest.RecordClient;

/** Pauses, holds and takeovers, for two sizes of memory, idle and loaded. */
final class TakeoverBenchmark implements Benchmark {
    private static final double PAUSE_TARGET_MILLIS = 4;
    private static final double HOLD_TARGET_MILLIS = 8;
    private static final double RUNNING_TARGET_MILLIS = 150;
    private static final int TARGET_MEMORY_MIB = 512;

    private static final int VCPUS = 1;
    private static final double WINDOW_SECONDS = 12;
    private static final double SETTLE_SECONDS = 5;
    private static final double PING_INTERVAL_SECONDS = 0.01;
    /** What keeps a loaded guest's memory busy: so many MiB, and pages written per second. */
    private static final String DIRTY = "dirty 64 4000";

    /** One size of memory, idle or loaded. */
    private record Cell(int memoryMib, boolean loaded) {
        String words() {
            return memoryMib + " MiB, " + (loaded ? "loaded" : "idle");
        }
    }

    private final List<Takeover> takeovers = new ArrayList<>();

    @Override
    public String name() {
        return "takeover";
    }

    @Override
    public List<Table> run(Context context) throws IOException, TimeoutException, InterruptedException {
        List<Cell> cells = new ArrayList<>();
        for (int memory : context.options().quick() ? List.of(512) : List.of(512, 2048)) {
            cells.add(new Cell(memory, false));
            cells.add(new Cell(memory, true));
        }
        Table checkpoints = checkpointTable();
        Table kills = takeoverTable();
        int number = 0;
        for (Cell cell : cells) {
            String name = "bench" + cell.memoryMib() + (cell.loaded() ? "l" : "i");
            try (Guest guest =
                    Guest.start(context, name, "198.18.7." + (110 + number++), cell.memoryMib(), VCPUS, false)) {
                measure(context, cell, guest, checkpoints, kills);
            } catch (IOException | TimeoutException | RuntimeException e) {
                // what the earlier cells found is still worth showing
                context.failed(cell.words(), e);
                break;
            }
        }
        return Stream.of(checkpoints, kills).filter(table -> !table.isEmpty()).toList();
    }

    private void measure(Context context, Cell cell, Guest guest, Table checkpoints, Table kills)
            throws IOException, TimeoutException, InterruptedException {
        double synced = guest.protect();
        context.progress().say("%s: protected after %.1f s", cell.words(), synced);
        takeovers.clear();
        try (Ping ping = Ping.start(guest.address(), PING_INTERVAL_SECONDS)) {
            Thread.sleep((long) (1000 * SETTLE_SECONDS));
            observe(context, cell, guest, synced, checkpoints);
            context.progress()
                    .say("%s: %d pings answered", cell.words(), ping.replies().size());
        }
        int wanted = context.options().takeovers();
        for (int i = 1; i <= wanted; i++) {
            takeOver(context, cell, guest, i, wanted);
            if (i < wanted) {
                guest.revive();
                guest.protect();
            }
        }
        if (wanted > 0) {
            describe(cell, kills);
            guest.revive();
        }
    }

    /** Lets the guest run for a while and reads what the host has counted since it was protected. */
    private static void observe(Context context, Cell cell, Guest guest, double synced, Table table)
            throws IOException, InterruptedException {
        StateTransferMXBean transfer = guest.console().transfer(guest.name());
        long before = transfer.getCheckpoints();
        long begun = System.nanoTime();
        Load load = Load.start(cell, guest);
        try {
            Thread.sleep((long) (1000 * context.options().seconds(WINDOW_SECONDS)));
        } finally {
            load.end();
        }
        double perSecond = (transfer.getCheckpoints() - before) / ((System.nanoTime() - begun) / 1e9);
        EventTapMXBean nic = guest.console().tap(guest.name(), Guest.NIC);
        EventTapMXBean disk = guest.console().tap(guest.name(), Guest.DATA);
        double pause = transfer.getPause().getP50Micros() / 1000.0;
        double hold = (cell.loaded() ? disk : nic).getHoldLatency().getP50Micros() / 1000.0;
        boolean targeted = cell.memoryMib() == TARGET_MEMORY_MIB;
        table.row(
                cell.words(),
                Table.number(synced),
                Table.number(perSecond),
                targeted ? Table.atMost(pause, PAUSE_TARGET_MILLIS) : Table.number(pause),
                tail(transfer.getPause()),
                targeted ? Table.atMost(hold, HOLD_TARGET_MILLIS) : Table.number(hold),
                tail((cell.loaded() ? disk : nic).getHoldLatency()),
                whole(transfer.getTransfer()),
                whole(transfer.getCommit()),
                Long.toString(transfer.getPagesPerEpoch().getP50()));
    }

    private void takeOver(Context context, Cell cell, Guest guest, int number, int of)
            throws IOException, TimeoutException, InterruptedException {
        Load load = Load.start(cell, guest);
        Takeover takeover;
        try {
            Thread.sleep((long) (1000 * SETTLE_SECONDS));
            takeover = guest.killPrimary();
        } finally {
            load.end();
        }
        takeovers.add(takeover);
        context.progress()
                .say(
                        "%s: takeover %d of %d: running after %.0f ms (detected %.0f, then decided %.0f, restored %.0f,"
                                + " loaded %.0f, resumed %.0f), silent for %.0f ms",
                        cell.words(),
                        number,
                        of,
                        takeover.runningMillis(),
                        takeover.detectedMillis(),
                        takeover.decidedMillis(),
                        takeover.restoredMillis(),
                        takeover.loadedMillis(),
                        takeover.resumedMillis(),
                        takeover.silenceMillis());
    }

    private void describe(Cell cell, Table table) {
        Samples running = samples(Takeover::runningMillis);
        table.row(
                cell.words(),
                Integer.toString(running.count()),
                Table.atMost(running.median(), RUNNING_TARGET_MILLIS),
                Table.number(running.percentile(95)),
                Table.number(samples(Takeover::detectedMillis).median()),
                step(Takeover::decidedMillis),
                step(Takeover::restoredMillis),
                step(Takeover::loadedMillis),
                step(Takeover::resumedMillis),
                Table.number(samples(Takeover::silenceMillis).median()));
    }

    private String step(ToDoubleFunction<Takeover> figure) {
        return Table.number(samples(figure).median());
    }

    private Samples samples(ToDoubleFunction<Takeover> figure) {
        return Samples.of(takeovers.stream().mapToDouble(figure).boxed().toList());
    }

    private static String tail(LatencyView view) {
        return Table.number(view.getP95Micros() / 1000.0) + " / " + Table.number(view.getP99Micros() / 1000.0);
    }

    private static String whole(LatencyView view) {
        return Table.number(view.getP50Micros() / 1000.0) + " / " + Table.number(view.getP95Micros() / 1000.0);
    }

    private static Table checkpointTable() {
        return new Table(
                "Checkpoints",
                "A guest with one disk and one network interface. Idle: it answers a ping every 10 ms and does nothing else; the hold is that of its packets."
                        + " Loaded: it also writes 4000 pages a second all over 64 MiB, and a client has it append"
                        + " records, each made durable before it is acknowledged; the hold is that of its disk writes."
                        + " Milliseconds, from the MBeans of the primary host, since it was protected.",
                "guest",
                "full sync s",
                "checkpoints/s",
                "pause median",
                "p95 / p99",
                "hold median",
                "p95 / p99",
                "transfer median / p95",
                "commit median / p95",
                "pages, median");
    }

    private static Table takeoverTable() {
        return new Table(
                "Takeovers",
                "Everything on the primary host (hypervisor and Kemari) is killed with SIGKILL. Running: from the first"
                        + " signal until the standby has resumed the guest; the steps are counted from the detection."
                        + " Silence: the longest time in which the guest answered no ping (one every 5 ms)."
                        + " Milliseconds.",
                "guest",
                "takeovers",
                "running median",
                "p95",
                "detected",
                "+ decided",
                "+ restored",
                "+ loaded",
                "+ resumed",
                "silence");
    }

    /** Nothing, or memory and disk at work. */
    private record Load(Guest guest, List<RecordClient> clients) {
        static Load start(Cell cell, Guest guest) throws IOException {
            List<RecordClient> clients = new ArrayList<>();
            if (cell.loaded()) {
                guest.control().ask(DIRTY);
                clients.add(RecordClient.start(guest.address(), GuestPorts.RECORD, 1, 0));
            }
            return new Load(guest, clients);
        }

        void end() throws IOException {
            for (RecordClient client : clients) {
                client.finish();
            }
            if (!clients.isEmpty()) {
                guest.control().ask("dirty 0 0");
            }
        }
    }
}
