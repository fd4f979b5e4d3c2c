package org.kemari.itests.bench.compare;

import java.io.IOException;
import java.util.List;
import java.util.function.DoubleConsumer;
import java.util.function.ObjDoubleConsumer;
import org.kemari.itests.bench.Ping;
import org.kemari.itests.bench.Samples;

/** What a single packet waits for: an echo request every 10 ms, to a guest that does nothing else. */
final class Echo implements Workload {
    static final String WORDS = "ping every 10 ms";
    private static final double INTERVAL_SECONDS = 0.01;
    /** Percentiles want more samples than rates. */
    private static final double LONGER = 1.5;

    private final DoubleConsumer replies;

    /**
     * The workload.
     *
     * @param replies is told how long each answer took, milliseconds
     */
    Echo(DoubleConsumer replies) {
        this.replies = replies;
    }

    @Override
    public String name() {
        return "ping";
    }

    @Override
    public String words() {
        return "ping every 10 ms, to a guest that does nothing else.";
    }

    @Override
    public void run(Subject subject, double seconds, ObjDoubleConsumer<Figure> found) throws IOException {
        int count = (int) (LONGER * seconds / INTERVAL_SECONDS);
        Samples millis = new Samples();
        for (Ping.Reply reply : Ping.run(subject.address(), INTERVAL_SECONDS, count)) {
            millis.add(reply.millis());
            replies.accept(reply.millis());
        }
        if (millis.isEmpty()) {
            throw new IOException("the guest answers no ping");
        }
        for (int percent : List.of(50, 90, 99)) {
            found.accept(Figure.latency(WORDS, percent), millis.percentile(percent));
        }
        found.accept(Figure.account(WORDS, "answers missing", "%"), 100.0 * (count - millis.count()) / count);
    }
}
