package org.kemari.arbiterzookeeper.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.kemari.api.config.ConfigurationProblem;
import org.kemari.api.config.SettingsReport;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A ZooKeeper server in this process, kept running: what a witness host is for. It is there when it is configured. */
@Component(
        service = {WitnessServer.class, SettingsReport.class},
        immediate = true,
        configurationPid = ServerSettings.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = ServerConfiguration.class)
public final class WitnessServer implements SettingsReport {
    private static final Logger LOG = LoggerFactory.getLogger(WitnessServer.class);
    private static final Duration RETRY = Duration.ofSeconds(2);
    private static final Duration END_PATIENCE = Duration.ofSeconds(10);

    /** The library takes its user {@code super} once. */
    private final ServerSettings atStart;

    private volatile List<ConfigurationProblem> problems = List.of();
    private ServerSettings settings;
    private Keeper keeper;

    @Activate
    public WitnessServer(Map<String, Object> properties) {
        this(ServerSettings.parse(properties));
    }

    WitnessServer(ServerSettings settings) {
        this.atStart = settings;
        this.settings = settings;
        this.keeper = new Keeper(settings);
    }

    @Modified
    synchronized void modified(Map<String, Object> properties) {
        ServerSettings next;
        try {
            next = ServerSettings.parse(properties);
        } catch (IllegalArgumentException e) {
            problems = Refusal.of(ServerSettings.PID, e, LOG);
            return;
        }
        problems = List.of();
        if (!next.superPassword().equals(atStart.superPassword())) {
            ConfigurationProblem later = new ConfigurationProblem(
                    ServerSettings.PID,
                    "superPassword",
                    "is changed; the one before is in force until Kemari is restarted");
            LOG.warn("Settings: {}", later);
            problems = List.of(later);
        }
        if (!next.equals(settings)) {
            keeper.end();
            settings = next;
            keeper = new Keeper(next);
        }
    }

    @Override
    public List<ConfigurationProblem> problems() {
        return problems;
    }

    @Deactivate
    synchronized void close() {
        keeper.end();
    }

    /** Starts the server, and again whenever it cannot be started or has failed, until told to end. */
    private static final class Keeper {
        private final ServerSettings settings;
        private final CompletableFuture<Void> end = new CompletableFuture<>();
        private final Thread thread;

        Keeper(ServerSettings settings) {
            this.settings = settings;
            this.thread = new Thread(this::keep, "kemari-zookeeper-server");
            thread.setDaemon(true);
            thread.start();
        }

        private void keep() {
            String told = "";
            try {
                while (!end.isDone()) {
                    try (EmbeddedServer server = EmbeddedServer.start(settings)) {
                        LOG.info("The ZooKeeper server is up: {}", settings);
                        told = "";
                        CompletableFuture.anyOf(end, server.failed()).get();
                        if (!end.isDone()) {
                            LOG.error("The ZooKeeper server has failed and is started again: {}", settings);
                        }
                    } catch (IOException | RuntimeException e) {
                        if (!e.toString().equals(told)) {
                            told = e.toString();
                            LOG.error("The ZooKeeper server ({}) cannot be started, trying on: {}", settings, told);
                        }
                    }
                    pause();
                }
                LOG.info("The ZooKeeper server has ended: {}", settings);
            } catch (InterruptedException e) {
                LOG.debug("Interrupted: the server has been ended");
            } catch (ExecutionException e) {
                LOG.error("The ZooKeeper server has ended: {}", settings, e);
            }
        }

        private void pause() throws InterruptedException, ExecutionException {
            try {
                end.get(RETRY.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                LOG.debug("Time to start the server again");
            }
        }

        void end() {
            end.complete(null);
            try {
                thread.join(END_PATIENCE.toMillis());
                if (thread.isAlive()) {
                    LOG.warn("The ZooKeeper server ({}) takes its time to end", settings);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
