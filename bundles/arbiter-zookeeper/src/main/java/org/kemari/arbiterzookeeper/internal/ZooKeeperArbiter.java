package org.kemari.arbiterzookeeper.internal;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kemari.api.arbiter.Arbiter;
import org.kemari.api.arbiter.ArbiterException;
import org.kemari.api.arbiter.ArbiterState;
import org.kemari.api.arbiter.CasOutcome;
import org.kemari.api.arbiter.OwnershipRecord;
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

/** Engine {@code zookeeper}. It is there when it is configured, connected or not. */
@Component(
        service = {Arbiter.class, SettingsReport.class},
        immediate = true,
        property = Arbiter.ENGINE + "=zookeeper",
        configurationPid = EnsembleSettings.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = EnsembleConfiguration.class)
public final class ZooKeeperArbiter implements Arbiter, SettingsReport {
    private static final Logger LOG = LoggerFactory.getLogger(ZooKeeperArbiter.class);

    /** Settings, and what works with them. */
    private record Client(EnsembleSettings settings, Connection connection, Records records) {
        static Client of(EnsembleSettings settings) {
            Connection connection = new Connection(settings);
            return new Client(settings, connection, new Records(connection, settings));
        }
    }

    private volatile Client client;
    private volatile List<ConfigurationProblem> problems = List.of();

    @Activate
    public ZooKeeperArbiter(Map<String, Object> properties) {
        this(EnsembleSettings.parse(properties));
    }

    ZooKeeperArbiter(EnsembleSettings settings) {
        this.client = Client.of(settings);
    }

    @Modified
    void modified(Map<String, Object> properties) {
        EnsembleSettings next;
        try {
            next = EnsembleSettings.parse(properties);
        } catch (IllegalArgumentException e) {
            problems = Refusal.of(EnsembleSettings.PID, e, LOG);
            return;
        }
        problems = List.of();
        Client old = client;
        if (!next.equals(old.settings())) {
            LOG.info("{}: now {}", EnsembleSettings.PID, next);
            client = Client.of(next);
            old.connection().close();
        }
    }

    @Override
    public List<ConfigurationProblem> problems() {
        return problems;
    }

    @Override
    public Optional<OwnershipRecord> read(String domain) throws ArbiterException {
        return client.records().read(domain);
    }

    @Override
    public CasOutcome compareAndSet(Optional<OwnershipRecord> expected, OwnershipRecord next) {
        return client.records().compareAndSet(expected, next);
    }

    @Override
    public ArbiterState state() {
        return client.connection().state();
    }

    @Deactivate
    void close() {
        client.connection().close();
    }
}
