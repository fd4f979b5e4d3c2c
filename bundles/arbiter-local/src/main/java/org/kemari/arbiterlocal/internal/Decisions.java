package org.kemari.arbiterlocal.internal;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kemari.api.arbiter.CasOutcome;
import org.kemari.api.arbiter.OwnershipRecord;
import org.kemari.api.arbiter.PendingDecision;

/**
 * Questions to the operator and their answers. Pure: the time is passed in.
 *
 * <p>A question that is not asked again lapses, and so does an answer that is not used: an operator who says yes tonight
 * has not said yes to the same question next month.
 */
final class Decisions {
    private enum Answer {
        NONE,
        ALLOWED,
        DENIED
    }

    private record Entry(PendingDecision question, Answer answer, long freshNanos) {}

    private final long lapseNanos;
    private final Map<String, Entry> entries = new HashMap<>();

    Decisions(Duration lapse) {
        this.lapseNanos = lapse.toNanos();
    }

    /**
     * @return the outcome that keeps the change waiting; empty: the operator has allowed it. The answer counts until it
     *     is forgotten or lapses, so that a change that failed on the way can be tried again
     */
    synchronized Optional<CasOutcome> ask(Optional<OwnershipRecord> current, OwnershipRecord next, long nowNanos) {
        expire(nowNanos);
        String domain = next.domain();
        Entry entry = entries.get(domain);
        if (entry == null || !entry.question().next().equals(next)) {
            entry = new Entry(new PendingDecision(domain, question(current, next), next), Answer.NONE, nowNanos);
        }
        if (entry.answer() == Answer.ALLOWED) {
            return Optional.empty();
        }
        entries.put(domain, new Entry(entry.question(), entry.answer(), nowNanos));
        String question = entry.question().question();
        return Optional.of(new CasOutcome.Undecided(
                entry.answer() == Answer.DENIED
                        ? "an operator has said no, and may still say yes: " + question
                        : "an operator has to decide: " + question));
    }

    synchronized void decide(String domain, boolean allow, long nowNanos) {
        expire(nowNanos);
        Entry entry = entries.get(domain);
        if (entry == null) {
            throw new IllegalArgumentException("nothing waits for a decision on domain " + domain);
        }
        entries.put(domain, new Entry(entry.question(), allow ? Answer.ALLOWED : Answer.DENIED, nowNanos));
    }

    synchronized List<PendingDecision> pending(long nowNanos) {
        expire(nowNanos);
        return entries.values().stream()
                .filter(e -> e.answer() != Answer.ALLOWED)
                .map(Entry::question)
                .sorted(Comparator.comparing(PendingDecision::domain))
                .toList();
    }

    /** The record has changed: whatever was asked about the old one is moot. */
    synchronized void forget(String domain) {
        entries.remove(domain);
    }

    private void expire(long nowNanos) {
        entries.values().removeIf(e -> nowNanos - e.freshNanos() > lapseNanos);
    }

    private static String question(Optional<OwnershipRecord> current, OwnershipRecord next) {
        String before = current.map(OwnershipRecord::owner).orElse("nobody");
        String other = current.flatMap(OwnershipRecord::standby).orElse("its standby");
        if (before.equals(next.owner())) {
            return "may host " + next.owner() + " run domain " + next.domain() + " without " + other
                    + " from now on? Only if " + other + " has not taken it over and will not";
        }
        return "may host " + next.owner() + " run domain " + next.domain() + " instead of " + before + "? Only if "
                + before + " is dead: otherwise both run it";
    }
}
