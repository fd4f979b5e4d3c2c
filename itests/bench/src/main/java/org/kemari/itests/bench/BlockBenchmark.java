package org.kemari.itests.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeoutException;
import java.util.function.ToDoubleFunction;
import org.kemari.itests.guest.GuestControl;
import org.kemari.itests.lab.Lab;

/** The block backend against QEMU's own virtio-blk, on the same file. */
final class BlockBenchmark implements Benchmark {
    private static final double TARGET = 0.8;
    private static final int FILE_MIB = 256;
    private static final double SECONDS = 1;
    private static final int PROBE_GUEST = 9;

    private static final List<DiskLoad> LOADS = List.of(
            new DiskLoad(true, false, 128 << 10, 1),
            new DiskLoad(true, true, 128 << 10, 1),
            new DiskLoad(true, false, 128 << 10, 4),
            new DiskLoad(true, true, 128 << 10, 4),
            new DiskLoad(false, false, 4 << 10, 1),
            new DiskLoad(false, true, 4 << 10, 1),
            new DiskLoad(false, false, 4 << 10, 8),
            new DiskLoad(false, true, 4 << 10, 8));

    /** Who serves the file. */
    private enum Server {
        QEMU,
        QEMU_IO_THREAD,
        KEMARI
    }

    /** The same load on all of them, round by round. */
    private record Comparison(DiskLoad load, Map<Server, List<DiskLoad.Outcome>> outcomes) {
        static Comparison of(DiskLoad load) {
            Map<Server, List<DiskLoad.Outcome>> outcomes = new EnumMap<>(Server.class);
            for (Server server : Server.values()) {
                outcomes.put(server, new ArrayList<>());
            }
            return new Comparison(load, outcomes);
        }

        double median(Server server, ToDoubleFunction<DiskLoad.Outcome> figure) {
            return Samples.of(outcomes.get(server).stream()
                            .mapToDouble(figure)
                            .boxed()
                            .toList())
                    .median();
        }

        double ratioTo(Server server) {
            Samples ratios = new Samples();
            List<DiskLoad.Outcome> theirs = outcomes.get(server);
            List<DiskLoad.Outcome> ours = outcomes.get(Server.KEMARI);
            for (int i = 0; i < theirs.size(); i++) {
                ratios.add(ours.get(i).bytesPerSecond() / theirs.get(i).bytesPerSecond());
            }
            return ratios.median();
        }
    }

    @Override
    public String name() {
        return "block";
    }

    @Override
    public List<Table> run(Context context) throws IOException, TimeoutException, InterruptedException {
        Lab lab = context.lab();
        Path file = context.output().resolve("block.img");
        lab.closeLater(() -> Files.deleteIfExists(file));
        fill(file);
        String accelerator = Accelerators.usable(context, PROBE_GUEST);
        Path socket = lab.workspace().resolve("bench-tap.sock");
        try (TapProcess tap = TapProcess.start(lab, socket, file, 1);
                BareGuest qemu = BareGuest.start(lab, context.image(), 1, accelerator, ownDisk(file, List.of(), ""));
                BareGuest threaded = BareGuest.start(
                        lab,
                        context.image(),
                        2,
                        accelerator,
                        ownDisk(file, List.of("-object", "iothread,id=t0"), ",iothread=t0"));
                BareGuest tapped = BareGuest.start(lab, context.image(), 3, accelerator, ourDisk(socket));
                GuestControl qemuControl = qemu.control();
                GuestControl threadedControl = threaded.control();
                GuestControl tappedControl = tapped.control()) {
            context.progress().say("the tap is process %d; the guests are up", tap.pid());
            Map<Server, GuestControl> guests = new EnumMap<>(Server.class);
            guests.put(Server.QEMU, qemuControl);
            guests.put(Server.QEMU_IO_THREAD, threadedControl);
            guests.put(Server.KEMARI, tappedControl);
            return List.of(table(compare(context, guests), accelerator));
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** QEMU's own device; the file is open several times, as the guests take turns. */
    private static List<String> ownDisk(Path file, List<String> objects, String more) {
        List<String> words = new ArrayList<>(objects);
        words.addAll(List.of(
                "-drive",
                "if=none,id=d0,format=raw,cache=writeback,discard=unmap,file.locking=off,file=" + file,
                "-device",
                "virtio-blk-pci,drive=d0,num-queues=1" + more));
        return words;
    }

    private static List<String> ourDisk(Path socket) {
        return List.of(
                "-chardev", "socket,id=c0,path=" + socket, "-device", "vhost-user-blk-pci,chardev=c0,num-queues=1");
    }

    private static List<Comparison> compare(Context context, Map<Server, GuestControl> guests) throws IOException {
        double seconds = context.options().seconds(SECONDS);
        List<Comparison> comparisons = LOADS.stream().map(Comparison::of).toList();
        List<Server> order = new ArrayList<>(List.of(Server.values()));
        // round 0 warms up: the tap's code is not compiled yet
        for (int round = 0; round <= context.options().rounds(); round++) {
            for (Comparison comparison : comparisons) {
                for (Server server : order) {
                    DiskLoad.Outcome outcome = comparison.load().run(guests.get(server), "vda", seconds);
                    if (round > 0) {
                        comparison.outcomes().get(server).add(outcome);
                    }
                }
                Collections.rotate(order, 1);
            }
            context.progress()
                    .say("block: round %d of %d", round, context.options().rounds());
        }
        return comparisons;
    }

    private static Table table(List<Comparison> comparisons, String accelerator) {
        Table table = new Table(
                "Block throughput, unprotected",
                "The same guest (1 vCPU, " + accelerator + "), kernel and file (" + FILE_MIB
                        + " MiB on a file system, in the page cache): with QEMU's own virtio-blk (`cache=writeback`), the"
                        + " same with an I/O thread of its own (iot), and through `./kemari tap`, turn about. Medians over the"
                        + " rounds; a ratio is the median of the rounds' ratios.",
                "load in the guest, past its cache",
                "QEMU MB/s",
                "QEMU + iot MB/s",
                "Kemari MB/s",
                "QEMU p50 / p99 µs",
                "QEMU + iot p50 / p99 µs",
                "Kemari p50 / p99 µs",
                "Kemari : QEMU",
                "Kemari : QEMU + iot");
        for (Comparison comparison : comparisons) {
            List<String> cells = new ArrayList<>(List.of(comparison.load().words()));
            for (Server server : Server.values()) {
                cells.add(Table.number(comparison.median(server, DiskLoad.Outcome::bytesPerSecond) / 1e6));
            }
            for (Server server : Server.values()) {
                cells.add(Table.number(comparison.median(server, DiskLoad.Outcome::p50Micros)) + " / "
                        + Table.number(comparison.median(server, DiskLoad.Outcome::p99Micros)));
            }
            cells.add(Table.atLeast(comparison.ratioTo(Server.QEMU), TARGET));
            cells.add(Table.number(comparison.ratioTo(Server.QEMU_IO_THREAD)));
            table.row(cells.toArray(String[]::new));
        }
        return table;
    }

    /** Every block has content: a hole would be read faster than data. */
    private static void fill(Path file) throws IOException {
        byte[] mebibyte = new byte[1 << 20];
        Random random = new Random(1);
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int i = 0; i < FILE_MIB; i++) {
                random.nextBytes(mebibyte);
                out.write(mebibyte);
            }
        }
    }
}
