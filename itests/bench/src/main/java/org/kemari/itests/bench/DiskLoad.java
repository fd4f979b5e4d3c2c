package org.kemari.itests.bench;

import java.io.IOException;
import java.util.Map;
import org.kemari.itests.guest.GuestControl;

/**
 * A way to use a disk from inside the guest, past its cache.
 *
 * @param sequential one block after the other, or anywhere
 * @param writing writes or reads
 * @param blockBytes size of a request
 * @param threads how many requests are under way at a time
 */
record DiskLoad(boolean sequential, boolean writing, int blockBytes, int threads) {
    /**
     * What came of it.
     *
     * @param requestsPerSecond requests completed
     * @param bytesPerSecond bytes in them
     * @param p50Micros median time of a request
     * @param p99Micros 99th percentile of that
     */
    record Outcome(double requestsPerSecond, double bytesPerSecond, double p50Micros, double p99Micros) {}

    Outcome run(GuestControl guest, String device, double seconds) throws IOException {
        Map<String, String> answer = guest.ask(String.format(
                "disk %s %s %s %d %d %d",
                device,
                sequential ? "sequential" : "random",
                writing ? "write" : "read",
                blockBytes,
                threads,
                Math.round(seconds * 1000)));
        double took = Double.parseDouble(answer.get("micros")) / 1e6;
        return new Outcome(
                Double.parseDouble(answer.get("count")) / took,
                Double.parseDouble(answer.get("bytes")) / took,
                Double.parseDouble(answer.get("p50")),
                Double.parseDouble(answer.get("p99")));
    }

    String words() {
        return (sequential ? "sequential " : "random ") + (writing ? "write " : "read ") + (blockBytes >> 10)
                + " KiB, depth " + threads;
    }
}
