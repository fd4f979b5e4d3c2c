package org.kemari.management.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.kemari.api.management.StateChangeView;
import org.kemari.api.management.TakeoverView;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.TakeoverReport;

/** What has happened to one domain on this host; bounded. Safe for use by many threads. */
final class DomainHistory {
    static final int CHANGES = 64;
    static final int TAKEOVERS = 16;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Clock clock;
    private final Deque<StateChangeView> changes = new ArrayDeque<>();
    private final Deque<TakeoverReport> takeovers = new ArrayDeque<>();
    private boolean unprotected;
    private long unprotectedNanos; // since when
    private long takeoverCount;
    private long losses;

    /** @param first what is found when the history begins; its last takeover was before that, and is not counted */
    DomainHistory(DomainStatus first, Clock clock) {
        this.clock = clock;
        add(changes, view(first), CHANGES);
        first.lastTakeover().ifPresent(report -> add(takeovers, report, TAKEOVERS));
        unprotected = isUnprotected(first);
        long millis = Math.max(0, clock.epochMillis() - first.sinceEpochMillis());
        unprotectedNanos = clock.nanos() - millis * NANOS_PER_MILLI;
    }

    synchronized void changed(DomainStatus before, DomainStatus now) {
        // a change that has come to be before the first look is known already
        boolean known = changes.peekFirst() != null && isSame(changes.peekFirst(), now);
        if (DomainNews.isChange(before, now) && !known) {
            add(changes, view(now), CHANGES);
        }
        if (DomainNews.isTakenOver(before, now)
                && !now.lastTakeover().orElseThrow().equals(takeovers.peekFirst())) {
            add(takeovers, now.lastTakeover().orElseThrow(), TAKEOVERS);
            takeoverCount++;
        }
        look(now);
    }

    /** Looks whether it is protected. */
    synchronized void look(DomainStatus now) {
        if (isUnprotected(now) && !unprotected) {
            unprotectedNanos = clock.nanos();
        }
        unprotected = isUnprotected(now);
    }

    synchronized void protectionLost() {
        losses++;
    }

    /** The latest first. */
    synchronized List<StateChangeView> changes() {
        return List.copyOf(changes);
    }

    /** The latest first. */
    synchronized List<TakeoverReport> takeovers() {
        return List.copyOf(takeovers);
    }

    synchronized List<TakeoverView> takeoverViews() {
        return takeovers.stream().map(TakeoverView::new).toList();
    }

    synchronized long takeoverCount() {
        return takeoverCount;
    }

    synchronized long losses() {
        return losses;
    }

    /** How long the guest has been running here without protection; 0 if it is protected, or not here. */
    synchronized long unprotectedMillis() {
        return unprotected ? (clock.nanos() - unprotectedNanos) / NANOS_PER_MILLI : 0;
    }

    private static boolean isUnprotected(DomainStatus status) {
        return DomainNews.isRunningHere(status) && !DomainNews.isProtected(status);
    }

    private static boolean isSame(StateChangeView known, DomainStatus now) {
        return known.getSinceEpochMillis() == now.sinceEpochMillis()
                && known.getRole().equals(now.role().name())
                && known.getState().equals(now.state().name())
                && known.getGeneration() == now.generation();
    }

    private static StateChangeView view(DomainStatus s) {
        return new StateChangeView(
                s.sinceEpochMillis(), s.role().name(), s.state().name(), s.reason(), s.peer(), s.generation());
    }

    private static <T> void add(Deque<T> entries, T entry, int most) {
        entries.addFirst(entry);
        while (entries.size() > most) {
            entries.removeLast();
        }
    }
}
