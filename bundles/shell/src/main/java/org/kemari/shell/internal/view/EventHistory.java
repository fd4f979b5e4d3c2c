package org.kemari.shell.internal.view;

import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.kemari.api.health.PeerHealth;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.TakeoverReport;

/** The latest events, at most {@link #LIMIT} of them. Safe for use by many threads. */
public final class EventHistory {
    public static final int LIMIT = 1000;

    private final Clock clock;
    private final Deque<Event> events = new ArrayDeque<>();

    public EventHistory(Clock clock) {
        this.clock = clock;
    }

    /** Remembers a change of a domain, and a takeover that came with it. */
    public void domainChanged(DomainStatus before, DomainStatus now) {
        String subject = "domain " + now.name();
        String change = now.role() + " " + before.state() + " > " + now.state();
        if (before.state() == now.state()) {
            change = now.role() + " " + now.state();
        }
        if (now.generation() != before.generation()) {
            change += ", generation " + now.generation();
        }
        add(subject, change, now.reason());
        Optional<TakeoverReport> takeover = now.lastTakeover();
        if (takeover.isPresent() && !takeover.equals(before.lastTakeover())) {
            TakeoverReport report = takeover.get();
            add(subject, "taken over in " + Quantity.micros(report.resumedMicros()), report.reason());
        }
    }

    public void peerChanged(PeerHealth health) {
        add("host " + health.peer(), health.state().name(), health.reason());
    }

    private synchronized void add(String subject, String change, String reason) {
        if (events.size() == LIMIT) {
            events.removeFirst();
        }
        events.addLast(new Event(clock.millis(), subject, change, reason));
    }

    /**
     * The latest events, the oldest of them first.
     *
     * @param most how many at most
     * @param name only those of domains and hosts of this name; empty: all
     */
    public synchronized List<Event> latest(int most, String name) {
        List<Event> matching = new ArrayList<>(events);
        matching.removeIf(e -> !name.isEmpty()
                && !e.subject().equals("domain " + name)
                && !e.subject().equals("host " + name));
        return List.copyOf(matching.subList(Math.max(0, matching.size() - most), matching.size()));
    }
}
