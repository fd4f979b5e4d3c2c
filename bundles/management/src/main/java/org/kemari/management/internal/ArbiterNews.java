package org.kemari.management.internal;

import static org.kemari.api.management.NotificationTypes.ARBITER_DECISION;
import static org.kemari.api.management.NotificationTypes.ARBITER_FOUND;
import static org.kemari.api.management.NotificationTypes.ARBITER_LOST;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.kemari.api.arbiter.Arbiter;
import org.kemari.api.arbiter.ArbiterState;
import org.kemari.api.arbiter.PendingDecision;

/** Whether the arbiter has come or gone since the last look, and what it asks an operator. Used by one thread. */
final class ArbiterNews {
    private boolean reachable = true;
    private Set<PendingDecision> asked = Set.of();

    /**
     * @param name the engine that is configured
     * @param engine the engine, if it is there
     * @param epochMillis wall-clock time
     */
    List<News> look(String name, Optional<Arbiter> engine, long epochMillis) {
        ArbiterState state = engine.map(Arbiter::state)
                .orElseGet(
                        () -> new ArbiterState(false, "there is no such engine; is its bundle started?", epochMillis));
        List<News> news = new ArrayList<>();
        if (state.reachable() != reachable) {
            reachable = state.reachable();
            news.add(reach(name, state));
        }
        List<PendingDecision> pending = engine.map(Arbiter::pending).orElse(List.of());
        pending.stream()
                .filter(question -> !asked.contains(question))
                .forEach(question -> news.add(decision(question)));
        asked = new HashSet<>(pending);
        return news;
    }

    private static News reach(String engine, ArbiterState state) {
        String text = "Arbiter " + engine + (state.reachable() ? " can be reached: " : " cannot be reached: ")
                + state.reason();
        return new News(
                state.reachable() ? ARBITER_FOUND : ARBITER_LOST,
                text,
                News.data("Arbiter")
                        .put("engine", engine)
                        .put("reachable", state.reachable())
                        .put("reason", state.reason())
                        .put("sinceEpochMillis", state.sinceEpochMillis())
                        .build());
    }

    private static News decision(PendingDecision pending) {
        return new News(
                ARBITER_DECISION,
                "Domain " + pending.domain() + " waits for an operator: " + pending.question(),
                News.data("Decision")
                        .put("domain", pending.domain())
                        .put("question", pending.question())
                        .build());
    }
}
