package org.kemari.itests.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeoutException;
import java.util.function.ToDoubleFunction;
import org.kemari.itests.guest.GuestControl;
import org.kemari.itests.lab.Lab;

/** The block backend against QEMU's own virtio-blk, on the same file. */
final class BlockBenchmark implements Benchmark {
    private static final double TARGET = 0.8;
    private static final int FILE_MIB = 256;
    private static final double SECONDS = 1.5;
    private static final int QEMU_GUEST = 1;
    private static final int TAP_GUEST = 2;
    private static final int PROBE_GUEST = 3;

    private static final List<DiskLoad> LOADS = List.of(
            new DiskLoad(true, false, 128 << 10, 1),
            new DiskLoad(true, true, 128 << 10, 1),
            new DiskLoad(true, false, 128 << 10, 4),
            new DiskLoad(true, true, 128 << 10, 4),
            new DiskLoad(false, false, 4 << 10, 1),
            new DiskLoad(false, true, 4 << 10, 1),
            new DiskLoad(false, false, 4 << 10, 8),
            new DiskLoad(false, true, 4 << 10, 8));

    /** The same load on both sides, round by round. */
    private record Comparison(DiskLoad load, List<DiskLoad.Outcome> qemu, List<DiskLoad.Outcome> tap) {
        double ratio() {
            Samples ratios = new Samples();
            for (int i = 0; i < qemu.size(); i++) {
                ratios.add(tap.get(i).bytesPerSecond() / qemu.get(i).bytesPerSecond());
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
        // one file, open twice: the guests take turns
        List<String> own = List.of(
                "-drive",
                "if=none,id=d0,format=raw,cache=writeback,discard=unmap,file.locking=off,file=" + file,
                "-device",
                "virtio-blk-pci,drive=d0,num-queues=1");
        List<String> ours = List.of(
                "-chardev", "socket,id=c0,path=" + socket, "-device", "vhost-user-blk-pci,chardev=c0,num-queues=1");
        try (TapProcess tap = TapProcess.start(lab, socket, file, 1);
                BareGuest qemuGuest = BareGuest.start(lab, context.image(), QEMU_GUEST, accelerator, own);
                BareGuest tapGuest = BareGuest.start(lab, context.image(), TAP_GUEST, accelerator, ours);
                GuestControl qemu = qemuGuest.control();
                GuestControl kemari = tapGuest.control()) {
            context.progress().say("the tap is process %d; both guests are up", tap.pid());
            return List.of(table(compare(context, qemu, kemari), accelerator));
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private List<Comparison> compare(Context context, GuestControl qemu, GuestControl kemari) throws IOException {
        double seconds = context.options().seconds(SECONDS);
        List<Comparison> comparisons = new ArrayList<>();
        LOADS.forEach(load -> comparisons.add(new Comparison(load, new ArrayList<>(), new ArrayList<>())));
        // round 0 warms up: the tap's code is not compiled yet
        for (int round = 0; round <= context.options().rounds(); round++) {
            for (Comparison comparison : comparisons) {
                DiskLoad.Outcome theirs;
                DiskLoad.Outcome ours;
                if (round % 2 == 0) {
                    theirs = comparison.load().run(qemu, "vda", seconds);
                    ours = comparison.load().run(kemari, "vda", seconds);
                } else {
                    ours = comparison.load().run(kemari, "vda", seconds);
                    theirs = comparison.load().run(qemu, "vda", seconds);
                }
                if (round > 0) {
                    comparison.qemu().add(theirs);
                    comparison.tap().add(ours);
                }
            }
            context.progress().say("block: round %d of %d", round, context.options().rounds());
        }
        return comparisons;
    }

    private static Table table(List<Comparison> comparisons, String accelerator) {
        Table table = new Table(
                "Block throughput, unprotected",
                "The same guest (1 vCPU, " + accelerator + "), kernel and file (" + FILE_MIB
                        + " MiB on a file system, in the page cache), once with QEMU's own virtio-blk"
                        + " (`cache=writeback`) and once through `./kemari tap`, turn about. Medians over the rounds; the"
                        + " ratio is the median of the rounds' ratios.",
                "load in the guest, past its cache",
                "QEMU MB/s",
                "Kemari MB/s",
                "QEMU p50/p99 µs",
                "Kemari p50/p99 µs",
                "ratio");
        for (Comparison comparison : comparisons) {
            table.row(
                    comparison.load().words(),
                    Table.number(median(comparison.qemu(), DiskLoad.Outcome::bytesPerSecond) / 1e6),
                    Table.number(median(comparison.tap(), DiskLoad.Outcome::bytesPerSecond) / 1e6),
                    times(comparison.qemu()),
                    times(comparison.tap()),
                    Table.atLeast(comparison.ratio(), TARGET));
        }
        return table;
    }

    private static String times(List<DiskLoad.Outcome> outcomes) {
        return Table.number(median(outcomes, DiskLoad.Outcome::p50Micros)) + " / "
                + Table.number(median(outcomes, DiskLoad.Outcome::p99Micros));
    }

    private static double median(
            List<DiskLoad.Outcome> outcomes, ToDoubleFunction<DiskLoad.Outcome> figure) {
        return Samples.of(outcomes.stream().mapToDouble(figure).boxed().toList()).median();
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
