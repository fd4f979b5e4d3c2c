package org.kemari.health.internal.checks;

import static org.kemari.health.internal.checks.Unchanged.reached;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.kemari.api.arbiter.Arbiter;
import org.kemari.api.arbiter.ArbiterException;
import org.kemari.api.arbiter.ArbiterState;
import org.kemari.api.arbiter.PendingDecision;
import org.kemari.api.config.KemariConfiguration;
import org.kemari.api.health.Check.Level;

/**
 * Asks the arbiter whether it is there, and for the record of a domain, again and again, on a thread of its own: an engine
 * may keep its asker waiting for long.
 */
final class ArbiterSource implements Source, AutoCloseable {
    static final String SUBJECT = "arbiter";

    private final KemariConfiguration configuration;
    private final Function<String, Optional<Arbiter>> engines;
    private final ExecutorService asker;
    private CompletableFuture<Finding> question;
    private long askedNanos;
    /** The last answer but for short failures. */
    private Finding told;

    private final Unchanged<Boolean> failing = new Unchanged<>();

    /** @param engines the engine of a name, if it is there */
    ArbiterSource(KemariConfiguration configuration, Function<String, Optional<Arbiter>> engines) {
        this.configuration = configuration;
        this.engines = engines;
        this.asker = Executors.newSingleThreadExecutor(work -> {
            Thread thread = new Thread(work, "kemari-health-arbiter");
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public String name() {
        return SUBJECT;
    }

    @Override
    public List<Finding> look(long nanos) {
        String name = configuration.host().arbiterEngine();
        Optional<String> domain =
                configuration.domains().keySet().stream().sorted().findFirst();
        if (question != null && question.isDone()) {
            Finding answer = question.join();
            boolean isFailure = answer.level() == Level.CRITICAL;
            Duration time = failing.is(isFailure, nanos);
            if (!isFailure || reached(time, Limits.ARBITER_GONE)) {
                told = answer;
            }
            question = null;
        }
        if (question == null) {
            askedNanos = nanos;
            question = CompletableFuture.supplyAsync(() -> ask(name, domain), asker);
        }
        Duration waiting = Duration.ofNanos(nanos - askedNanos);
        if (reached(waiting, Limits.ARBITER_ANSWER)) {
            told = critical(name, "has not answered for " + waiting.toSeconds() + " s");
        }
        return told == null ? List.of() : List.of(told);
    }

    private Finding ask(String name, Optional<String> domain) {
        try {
            Optional<Arbiter> engine = engines.apply(name);
            if (engine.isEmpty()) {
                return critical(
                        name,
                        "is not there: start its bundle (bundle:diag says what it waits for), or correct arbiterEngine");
            }
            ArbiterState state = engine.get().state();
            if (!state.reachable()) {
                return critical(name, "cannot be reached: " + state.reason());
            }
            if (domain.isPresent()) {
                engine.get().read(domain.get());
            }
            List<PendingDecision> pending = engine.get().pending();
            return pending.isEmpty()
                    ? Finding.ok(SUBJECT, "engine " + name + " answers: " + state.reason())
                    : Finding.warning(
                            SUBJECT,
                            "waits for an operator's decision, domain "
                                    + pending.get(0).domain() + ": "
                                    + pending.get(0).question() + "; decide in the MBean org.kemari:type=Arbiter");
        } catch (ArbiterException | RuntimeException e) {
            return critical(name, "cannot be asked: " + (e.getMessage() == null ? e.toString() : e.getMessage()));
        }
    }

    private static Finding critical(String engine, String fault) {
        return Finding.critical(
                SUBJECT,
                "engine " + engine + " " + fault
                        + "; guests run on as they are, but no domain can be started, protected or taken over until it is"
                        + " back");
    }

    @Override
    public void close() {
        asker.shutdownNow();
    }
}
