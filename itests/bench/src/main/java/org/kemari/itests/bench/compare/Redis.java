package org.kemari.itests.bench.compare;

import java.io.IOException;
import java.util.List;
import java.util.function.ObjDoubleConsumer;

/** A key-value store in the guest's memory, and its own benchmark as the client. */
final class Redis implements Workload {
    private static final int PORT = 6379;
    private static final int CLIENTS = 8;
    /** Batches of each connection in the first, short run, which tells how many there can be in the time. */
    private static final int FIRST_BATCHES = 4;

    private static final long MOST_REQUESTS = 50_000_000;

    /**
     * A way to ask.
     *
     * @param pipeline requests that a client sends at a time
     * @param keys how many different ones there are
     */
    private record Load(int pipeline, int keys) {
        String words() {
            return "redis SET, -P " + pipeline + " -r " + keys;
        }
    }

    private static final List<Load> LOADS = List.of(new Load(500, 100_000), new Load(500, 100), new Load(1, 100_000));
    private static final double PIPELINED_AIM = 0.85;

    /**
     * What the client says.
     *
     * @param requestsPerSecond by the client's clock
     * @param p50Millis median of a request
     * @param p99Millis 99th percentile of that
     */
    record Outcome(double requestsPerSecond, double p50Millis, double p99Millis) {
        /** Reads the client's table, whose last line has: test, rps, avg, min, p50, p95, p99, max. */
        static Outcome parse(String csv) throws IOException {
            String[] words = csv.strip()
                    .lines()
                    .reduce((first, last) -> last)
                    .orElse("")
                    .replace("\"", "")
                    .split(",");
            if (words.length != 8 || !words[0].startsWith("SET")) {
                throw new IOException("redis-benchmark says something else: " + csv);
            }
            return new Outcome(
                    Double.parseDouble(words[1]), Double.parseDouble(words[4]), Double.parseDouble(words[6]));
        }
    }

    @Override
    public String name() {
        return "redis";
    }

    @Override
    public String words() {
        return "redis-server in the guest, without persistence; redis-benchmark -c 8 -t SET outside, with so many requests"
                + " under way on each connection (-P) and so many keys (-r).";
    }

    @Override
    public void addPrograms(Programs programs) {
        // the same program: it is a server if it is called one
        programs.add("redis-server", "redis-server", "redis-check-rdb");
    }

    @Override
    public void run(Subject subject, double seconds, ObjDoubleConsumer<Figure> found) throws IOException {
        subject.shell()
                .run("/bin/redis-server --save '' --appendonly no --protected-mode no --daemonize yes --port " + PORT);
        subject.shell().awaitListener(PORT);
        for (Load load : LOADS) {
            Outcome first = ask(subject, load, (long) FIRST_BATCHES * CLIENTS * load.pipeline());
            Outcome outcome = ask(subject, load, Math.min(MOST_REQUESTS, requests(first, load, seconds)));
            Figure throughput = Figure.throughput(load.words(), "requests/s");
            found.accept(
                    load.pipeline() > 1 ? throughput.aiming(PIPELINED_AIM) : throughput, outcome.requestsPerSecond());
            found.accept(Figure.latency(load.words(), 50), outcome.p50Millis());
            found.accept(Figure.latency(load.words(), 99), outcome.p99Millis());
        }
        subject.shell().run("/bin/busybox killall redis-server");
    }

    private static long requests(Outcome first, Load load, double seconds) {
        long batch = (long) CLIENTS * load.pipeline();
        return batch * Math.max(1, (long) (first.requestsPerSecond() * seconds / batch));
    }

    private static Outcome ask(Subject subject, Load load, long requests) throws IOException {
        return Outcome.parse(Client.run(List.of(
                "redis-benchmark",
                "-h",
                subject.address(),
                "-c",
                Integer.toString(CLIENTS),
                "-P",
                Integer.toString(load.pipeline()),
                "-t",
                "SET",
                "-r",
                Integer.toString(load.keys()),
                "-n",
                Long.toString(requests),
                "--csv")));
    }
}
