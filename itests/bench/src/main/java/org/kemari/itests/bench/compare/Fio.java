package org.kemari.itests.bench.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ObjDoubleConsumer;

/** The guest's disks: the raw one past the cache, and a file that is made durable again and again. */
final class Fio implements Workload {
    private static final int BLOCK = 4096;
    private static final int DEPTH = 8;
    /** Not counted: an emulator translates the code that is used for the first time. */
    private static final int RAMP_MILLIS = 200;

    private static final String RAW = "--filename=/dev/vdb --direct=1 --ioengine=libaio --iodepth=" + DEPTH;
    private static final String FILE =
            "--filename=/data/fio --size=8m --direct=0 --ioengine=psync --fsync=1 --end_fsync=0";

    /**
     * A way to use a disk.
     *
     * @param words how it is shown
     * @param arguments how fio is told
     * @param side which half of fio's report has the requests
     * @param times where their times are; those of a flush are apart
     */
    private record Job(String words, String arguments, String side, String times) {}

    private static final List<Job> JOBS = List.of(
            new Job("fio randwrite 4 KiB, depth " + DEPTH, "--rw=randwrite " + RAW, "write", "/write/clat_ns"),
            new Job("fio randread 4 KiB, depth " + DEPTH, "--rw=randread " + RAW, "read", "/read/clat_ns"),
            new Job("fio write 4 KiB + fsync", "--rw=write " + FILE, "write", "/sync/lat_ns"));
    private static final String FSYNC = "fio write 4 KiB + fsync";
    private static final double FSYNC_AIM = 0.8;
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public String name() {
        return "fio";
    }

    @Override
    public String words() {
        return "fio in the guest: random reads and writes of the raw disk past the guest's cache, and appends to a file on"
                + " ext4, each with an fsync. The rates are converted to the time outside (the guest's clock stands still"
                + " in a pause); the latencies are the guest's own and leave the pauses out.";
    }

    @Override
    public void addPrograms(Programs programs) {
        programs.add("fio", "fio");
    }

    @Override
    public void run(Subject subject, double seconds, ObjDoubleConsumer<Figure> found) throws IOException {
        GuestShell.Outcome outcome = subject.shell().time(command(seconds));
        String text = outcome.text();
        int at = text.indexOf('{');
        if (at < 0) {
            throw new IOException("fio says something else: " + text);
        }
        found.accept(
                Figure.account(name(), "guest's clock stood still", "%"),
                100 * (1 - outcome.guestSeconds() / outcome.seconds()));
        JsonNode jobs = JSON.readTree(text.substring(at)).path("jobs");
        for (int i = 0; i < JOBS.size(); i++) {
            Job job = JOBS.get(i);
            JsonNode report = jobs.path(i);
            double rate = report.path(job.side()).path("iops").asDouble();
            if (!(rate > 0)) {
                throw new IOException(job.words() + ": fio reports no requests: " + text);
            }
            Figure throughput = Figure.throughput(job.words(), "requests/s");
            found.accept(job.words().equals(FSYNC) ? throughput.aiming(FSYNC_AIM) : throughput, outcome.rate(rate));
            for (int percent : List.of(50, 90, 99)) {
                String key = String.format(Locale.ROOT, "%d.000000", percent);
                double nanos =
                        report.at(job.times()).path("percentile").path(key).asDouble(Double.NaN);
                found.accept(Figure.latency(job.words(), percent), nanos / 1e6);
            }
        }
    }

    /** All in one run: it takes a guest seconds to load so many libraries. */
    private static String command(double seconds) {
        List<String> words = new ArrayList<>(List.of("/bin/fio --output-format=json --thread"));
        for (int i = 0; i < JOBS.size(); i++) {
            words.add(String.format(
                    Locale.ROOT,
                    "--name=job%d --stonewall --bs=%d --time_based --ramp_time=%dms --runtime=%dms %s",
                    i,
                    BLOCK,
                    RAMP_MILLIS,
                    Math.round(1000 * seconds),
                    JOBS.get(i).arguments()));
        }
        return String.join(" ", words);
    }
}
