package org.kemari.itests.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.KemariHost;
import org.kemari.itests.lab.Pair;

/** What a host takes whose guests do nothing: until it is up, and of memory. */
final class RestBenchmark implements Benchmark {
    private static final double RESIDENT_TARGET_MIB = 300;
    private static final int MEMORY_MIB = 96;
    private static final double SETTLE_SECONDS = 5;
    private static final Duration PATIENCE = Guest.PATIENCE;

    @Override
    public String name() {
        return "rest";
    }

    @Override
    public List<Table> run(Context context) throws IOException, TimeoutException, InterruptedException {
        List<Table> tables = new ArrayList<>();
        tables.add(Start.measure(context));
        tables.add(memory(context));
        return tables;
    }

    private static Table memory(Context context) throws IOException, TimeoutException, InterruptedException {
        Table table = new Table(
                "A host at rest: memory",
                "MiB. The Java process of Kemari alone, run with the options that it ships with and with accounting"
                        + " for its memory, which takes some 6 MiB, in one life of it from top to bottom; guests of "
                        + MEMORY_MIB + " MiB that do nothing, each with a disk and a"
                        + " network interface. Resident: its share (Pss) of all memory except that of guests, which is"
                        + " files in a tmpfs and is shown beside it as far as the process has it mapped. Heap: in use"
                        + " after a garbage collection. Native: what the JVM has committed beside the heap, as"
                        + " `jcmd VM.native_memory` tells.",
                "domains",
                "primary: resident",
                "guests",
                "heap",
                "native",
                "standby: resident",
                "guests",
                "heap",
                "native");
        Pair pair = restarted(context);
        Deque<Guest> guests = new ArrayDeque<>();
        try {
            row(context, table, "none", pair, false);
            for (int count : context.options().quick() ? List.of(1, 2) : List.of(1, 10)) {
                while (guests.size() < count) {
                    guests.push(start(context, guests.size() + 1));
                }
                row(context, table, count + ", not protected", pair, count == 1);
                for (Guest guest : guests) {
                    guest.protect();
                }
                row(context, table, count + ", protected", pair, count == 1);
                for (Guest guest : guests) {
                    guest.unprotect();
                }
            }
        } finally {
            while (!guests.isEmpty()) {
                guests.pop().close();
            }
        }
        return table;
    }

    /** Both hosts, with nothing left of what they have done before. */
    private static Pair restarted(Context context) throws IOException, TimeoutException {
        Pair pair = context.pair();
        for (KemariHost host : List.of(pair.east(), pair.west())) {
            host.haltKemari();
            host.withShell().withOptions(ResidentMemory.ACCOUNT).start();
        }
        pair.awaitReady();
        for (KemariHost host : List.of(pair.east(), pair.west())) {
            String peer = pair.other(host).name();
            Await.until(
                    host.name() + " hears " + peer,
                    PATIENCE,
                    () -> host.console().health(peer).getState().equals("ALIVE"));
        }
        return pair;
    }

    private static Guest start(Context context, int number) throws IOException, TimeoutException {
        DomainSpec spec = new DomainSpec("rest" + number, "198.18.7." + (100 + number)).memory(MEMORY_MIB);
        Guest guest = Guest.start(context, spec, false);
        context.progress().say("rest: guest %d is up", number);
        return guest;
    }

    private static void row(Context context, Table table, String words, Pair pair, boolean target)
            throws IOException, InterruptedException {
        Thread.sleep((long) (context.options().seconds(SETTLE_SECONDS) * 1000));
        List<String> cells = new ArrayList<>(List.of(words));
        for (KemariHost host : List.of(pair.east(), pair.west())) {
            ResidentMemory memory = ResidentMemory.of(host);
            double resident = mib(memory.resident());
            cells.add(target ? Table.atMost(resident, RESIDENT_TARGET_MIB) : Table.number(resident));
            cells.add(Table.number(mib(memory.guests())));
            cells.add(Table.number(mib(memory.heap())));
            cells.add(Table.number(mib(memory.committed())));
        }
        table.row(cells.toArray(new String[0]));
        context.progress().say("rest: %s: %s", words, String.join(" ", cells));
    }

    private static double mib(long bytes) {
        return bytes / 1048576.0;
    }
}
