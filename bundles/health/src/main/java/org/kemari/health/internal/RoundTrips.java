package org.kemari.health.internal;

import java.io.IOException;
import java.util.Collection;
import org.HdrHistogram.Histogram;
import org.kemari.api.stats.LatencySummary;

/** Numbers the beats on a path, remembers when the last ones were sent, and measures the replies. */
final class RoundTrips {
    private static final int REMEMBERED = 256;
    private static final long HIGHEST_MICROS = 60_000_000;

    private final Histogram micros = new Histogram(1, HIGHEST_MICROS, 2);
    private final long[] sentNanos = new long[REMEMBERED];
    private long sent;
    private long received;
    /** First number that may be answered on the present link, and the last one that was. */
    private long answered;

    synchronized long next(long nowNanos) {
        sent++;
        sentNanos[(int) (sent % REMEMBERED)] = nowNanos;
        return sent;
    }

    /** A new link: what was sent before will not be answered any more. */
    synchronized void newLink() {
        answered = sent;
    }

    /** @throws IOException if no such beat is waiting for a reply */
    synchronized void reply(long sequence, long nowNanos) throws IOException {
        if (sequence <= answered || sequence > sent) {
            throw new IOException("a reply to heartbeat " + sequence + ", but " + (answered + 1) + " to " + sent
                    + " are waiting for one");
        }
        answered = sequence;
        received++;
        if (sent - sequence < REMEMBERED) {
            long nanos = Math.max(0, nowNanos - sentNanos[(int) (sequence % REMEMBERED)]);
            micros.recordValue(Math.min(HIGHEST_MICROS, nanos / 1000));
        }
    }

    /** All of these together; for reading only. */
    static RoundTrips sum(Collection<RoundTrips> parts) {
        RoundTrips sum = new RoundTrips();
        for (RoundTrips part : parts) {
            synchronized (part) {
                sum.sent += part.sent;
                sum.received += part.received;
                if (part.micros.getTotalCount() > 0) {
                    sum.micros.add(part.micros);
                }
            }
        }
        return sum;
    }

    synchronized long sent() {
        return sent;
    }

    synchronized long received() {
        return received;
    }

    synchronized LatencySummary summary() {
        if (micros.getTotalCount() == 0) {
            return LatencySummary.EMPTY;
        }
        return new LatencySummary(
                micros.getTotalCount(),
                micros.getValueAtPercentile(50),
                micros.getValueAtPercentile(95),
                micros.getValueAtPercentile(99),
                micros.getMaxValue());
    }
}
