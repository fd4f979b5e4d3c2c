package org.kemari.health.internal.checks;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.kemari.api.arbiter.Arbiter;
import org.kemari.api.config.KemariConfiguration;
import org.kemari.api.health.Check;
import org.kemari.api.health.Check.Level;
import org.kemari.api.health.PeerHealth;
import org.kemari.api.protection.DomainStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at this host once a second. */
public final class SelfChecks {
    private static final Logger LOG = LoggerFactory.getLogger(SelfChecks.class);
    private static final Path PROC = Path.of("/proc");
    private static final String SUBJECT = "self-checks";

    private final List<Source> sources;
    private final CheckBoard board = new CheckBoard();
    private final Thread thread;
    private final Duration longRound;
    private final Runnable closing;
    private volatile boolean stopped;

    /** What is being looked at, and since when; for those who wonder why nothing comes. */
    private volatile String looking = "nothing yet";

    private volatile long roundNanos = System.nanoTime();

    /**
     * @param longRound a round that takes longer is told
     * @param closing done at the end
     */
    SelfChecks(List<Source> sources, Duration longRound, Runnable closing) {
        this.sources = List.copyOf(sources);
        this.longRound = longRound;
        this.closing = closing;
        this.thread = new Thread(this::run, "kemari-health-checks");
        this.thread.setDaemon(true);
    }

    /**
     * @param peers the peers as they are
     * @param domains the domains as they are; none while nobody can tell
     * @param engines an arbiter engine by its name
     */
    public static SelfChecks of(
            KemariConfiguration configuration,
            Supplier<List<PeerHealth>> peers,
            Supplier<List<DomainStatus>> domains,
            Function<String, Optional<Arbiter>> engines) {
        ArbiterSource arbiter = new ArbiterSource(configuration, engines);
        return new SelfChecks(
                List.of(
                        arbiter,
                        new PathSource(peers),
                        new DomainSource(configuration, domains, new Processes(PROC)),
                        new HostSource(configuration, PROC)),
                Limits.LONG_ROUND,
                arbiter::close);
    }

    public void start() {
        thread.start();
    }

    public void stop() {
        stopped = true;
        thread.interrupt();
        closing.run();
    }

    /** The worst first. */
    public List<Check> checks() {
        Duration time = Duration.ofNanos(System.nanoTime() - roundNanos);
        if (stopped || time.compareTo(longRound) < 0) {
            return board.checks();
        }
        List<Check> withDoubt = new ArrayList<>();
        withDoubt.add(new Check(
                SUBJECT,
                Level.CRITICAL,
                "looking at " + looking + " has taken " + time.toSeconds()
                        + " s already: something there hangs; what follows is as old as that",
                System.currentTimeMillis() - time.toMillis()));
        withDoubt.addAll(board.checks());
        return withDoubt;
    }

    private void run() {
        long observed = 0;
        long last = System.nanoTime();
        try {
            while (!stopped) {
                long now = System.nanoTime();
                roundNanos = now;
                observed += Math.min(now - last, 2 * Limits.ROUND.toNanos());
                last = now;
                board.update(round(observed), System.currentTimeMillis());
                Thread.sleep(Limits.ROUND.toMillis());
            }
        } catch (InterruptedException e) {
            LOG.debug("Stopped checking");
        }
    }

    private List<Finding> round(long observed) {
        List<Finding> findings = new ArrayList<>();
        for (Source source : sources) {
            looking = source.name();
            try {
                findings.addAll(source.look(observed));
            } catch (IOException | RuntimeException e) {
                LOG.debug("Cannot look at {}", source.name(), e);
                findings.add(Finding.warning(SUBJECT + ": " + source.name(), "cannot be looked at: " + e));
            }
        }
        return findings;
    }
}
