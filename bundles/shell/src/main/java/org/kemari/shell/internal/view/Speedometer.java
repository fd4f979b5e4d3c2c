package org.kemari.shell.internal.view;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.transfer.TransferStatus;

/**
 * Speeds of the sessions, from what their counters said at an earlier look. Looks that follow each other closely share
 * their result, so that many who look do not disturb each other. Safe for use by many threads.
 */
public final class Speedometer {
    /** Between looks that make a new result. */
    public static final long LEAST_NANOS = 400_000_000L;
    /** A look that is longer ago says nothing of the present. */
    private static final long MOST_NANOS = 15_000_000_000L;

    private final Map<String, Sample> samples = new HashMap<>();

    /**
     * What a session does in a second.
     *
     * @param checkpoints checkpoints committed
     * @param pages memory pages in them
     * @param bytes bytes sent or received
     */
    public record Speed(double checkpoints, double pages, double bytes) {}

    private record Sample(long nanos, TransferStatus status, Optional<Speed> speed) {}

    /**
     * The speed of a domain's session; empty without a session, or at the first look.
     *
     * @param nowNanos time of the look, by a clock that never goes back
     */
    public synchronized Optional<Speed> look(DomainStatus domain, long nowNanos) {
        if (domain.transfer().isEmpty()) {
            samples.remove(domain.name());
            return Optional.empty();
        }
        TransferStatus status = domain.transfer().get();
        Sample last = samples.get(domain.name());
        if (last == null || !sameSession(last.status(), status) || nowNanos - last.nanos() > MOST_NANOS) {
            samples.put(domain.name(), new Sample(nowNanos, status, Optional.empty()));
            return Optional.empty();
        }
        if (nowNanos - last.nanos() < LEAST_NANOS) {
            return last.speed();
        }
        Optional<Speed> speed = Optional.of(between(last.status(), status, (nowNanos - last.nanos()) / 1e9));
        samples.put(domain.name(), new Sample(nowNanos, status, speed));
        return speed;
    }

    private static boolean sameSession(TransferStatus a, TransferStatus b) {
        return a.session() == b.session() && a.outgoing() == b.outgoing() && a.bytes() <= b.bytes();
    }

    private static Speed between(TransferStatus a, TransferStatus b, double seconds) {
        return new Speed(
                (b.checkpoints() - a.checkpoints()) / seconds,
                (b.pages() - a.pages()) / seconds,
                (b.bytes() - a.bytes()) / seconds);
    }
}
