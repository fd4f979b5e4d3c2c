package org.kemari.config.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.kemari.api.config.ConfigurationChange;
import org.kemari.api.config.ConfigurationProblem;
import org.kemari.api.config.HostSettings;
import org.kemari.api.config.KemariConfiguration;
import org.kemari.api.domain.DomainDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Settings and definitions as snapshots; looks at the definition files every second, on its own thread. */
final class ConfigurationService implements KemariConfiguration {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigurationService.class);
    private static final long LOOK_MILLIS = 1000;

    private record Snapshot(
            HostSettings host, Map<String, DomainDefinition> domains, List<ConfigurationProblem> problems) {}

    private final Changes changes = new Changes();
    private final DomainDirectory directory;
    private final Runnable listeners;
    private final ScheduledExecutorService own;
    private List<ConfigurationProblem> hostProblems;
    private volatile Snapshot snapshot;

    /**
     * @param hostProblems what is worth a look in the settings
     * @param listeners tells all listeners; called on the configuration's own thread
     */
    ConfigurationService(
            HostSettings host,
            List<ConfigurationProblem> hostProblems,
            DefinitionParser.FileCheck files,
            Runnable listeners) {
        this.directory = new DomainDirectory(host.domainDirectory(), HostView.of(host), files, changes::add);
        this.hostProblems = hostProblems;
        this.listeners = listeners;
        this.snapshot = new Snapshot(host, Map.of(), List.of());
        this.own = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "kemari-config");
            thread.setDaemon(true);
            return thread;
        });
        directory.look(true);
        publish(host);
    }

    void start() {
        own.scheduleWithFixedDelay(this::lookSafely, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public HostSettings host() {
        return snapshot.host();
    }

    @Override
    public Map<String, DomainDefinition> domains() {
        return snapshot.domains();
    }

    @Override
    public List<ConfigurationProblem> problems() {
        return snapshot.problems();
    }

    @Override
    public List<ConfigurationChange> changes() {
        return changes.latest();
    }

    @Override
    public void reload() {
        look(true);
    }

    /**
     * Changes the settings.
     *
     * @param change from the settings now to the next
     * @param problems what was wrong with the change, known once it has been made; not valid: nothing of it was accepted
     */
    synchronized void changeHost(UnaryOperator<HostSettings> change, Problems problems) {
        HostSettings before = snapshot.host();
        HostSettings next = change.apply(before);
        hostProblems = problems.list();
        hostProblems.forEach(p ->
                LOG.warn(problems.valid() ? "Settings: {}" : "Refused: {}; the settings from before stay in force", p));
        changes.addAll(Differences.of(before, next));
        directory.settings(HostView.of(next));
        directory.look(true);
        publish(next);
        tell();
    }

    private void lookSafely() {
        try {
            look(false);
        } catch (RuntimeException e) {
            LOG.error("Looking at the definition files failed; trying on", e);
        }
    }

    private synchronized void look(boolean all) {
        if (directory.look(all)) {
            publish(snapshot.host());
            tell();
        }
    }

    private void publish(HostSettings host) {
        List<ConfigurationProblem> problems = new ArrayList<>(hostProblems);
        problems.addAll(directory.problems());
        snapshot = new Snapshot(host, directory.definitions(), List.copyOf(problems));
    }

    private void tell() {
        try {
            own.execute(listeners);
        } catch (RejectedExecutionException e) {
            LOG.debug("Stopped; nobody is told of the change");
        }
    }

    void stop() {
        own.shutdown();
    }
}
