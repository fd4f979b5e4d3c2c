package org.kemari.config.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kemari.api.config.ConfigurationChange;
import org.kemari.api.config.ConfigurationListener;
import org.kemari.api.config.ConfigurationProblem;
import org.kemari.api.config.HostSettings;
import org.kemari.api.config.KemariConfiguration;
import org.kemari.api.domain.DomainDefinition;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration as a service. It waits for the configuration {@code org.kemari.host}: with guessed settings a host
 * could take part under the wrong name.
 */
@Component(
        service = KemariConfiguration.class,
        immediate = true,
        configurationPid = HostSettingsParser.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = HostConfiguration.class)
public final class ConfigurationComponent implements KemariConfiguration {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigurationComponent.class);

    private final ConfigurationService service;
    private final Listeners<ConfigurationListener> listeners;

    @Activate
    public ConfigurationComponent(BundleContext context, Map<String, Object> properties) {
        this.listeners = new Listeners<>(context, ConfigurationListener.class);
        Problems problems = new Problems(HostSettingsParser.PID);
        HostSettings host = parse(properties, problems).orElseThrow(() -> refusal(problems));
        this.service = new ConfigurationService(
                host,
                problems.list(),
                new HostFiles(),
                () -> listeners.tell(ConfigurationListener::configurationChanged));
        problems.list().forEach(p -> LOG.warn("Settings: {}", p));
        LOG.info(
                "This is host {}; peers {}; domains defined in {}: {}",
                host.name(),
                host.peers(),
                host.domainDirectory(),
                service.domains().keySet());
    }

    @Activate
    void start() {
        service.start();
    }

    @Modified
    void modified(Map<String, Object> properties) {
        Problems problems = new Problems(HostSettingsParser.PID);
        Optional<HostSettings> next = parse(properties, problems);
        service.changeHost(
                now -> next.map(n -> HostChange.apply(now, n, problems)).orElse(now), problems);
    }

    private static Optional<HostSettings> parse(Map<String, Object> properties, Problems problems) {
        Optional<HostSettings> host = HostSettingsParser.parse(
                properties, machineName(), Path.of(System.getProperty("karaf.etc", "etc")), problems);
        host.flatMap(h -> FenceCommand.problem(
                        h.fence().command(), System.getenv().getOrDefault("PATH", "")))
                .ifPresent(reason -> problems.advise("fenceCommand", reason));
        return host;
    }

    private static IllegalArgumentException refusal(Problems problems) {
        return new IllegalArgumentException("the settings of this host are not valid: "
                + String.join(
                        "; ",
                        problems.list().stream()
                                .map(ConfigurationProblem::toString)
                                .toList()));
    }

    /** The kernel's name of this machine: asking the resolver could take seconds, or answer "localhost". */
    private static String machineName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname"))
                    .strip()
                    .split("\\.")[0];
        } catch (IOException e) {
            LOG.warn("Cannot find out the name of this machine: {}", e.toString());
            return "localhost";
        }
    }

    @Override
    public HostSettings host() {
        return service.host();
    }

    @Override
    public Map<String, DomainDefinition> domains() {
        return service.domains();
    }

    @Override
    public List<ConfigurationProblem> problems() {
        return service.problems();
    }

    @Override
    public List<ConfigurationChange> changes() {
        return service.changes();
    }

    @Override
    public void reload() {
        service.reload();
    }

    @Deactivate
    void stop() {
        service.stop();
        listeners.close();
    }
}
