package org.kemari.management.internal;

import java.io.IOException;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.kemari.api.config.ConfigurationProblem;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Thresholds in the Configuration Admin service, which in Karaf keeps them in a file of {@code etc}. */
final class ConfiguredThresholds implements ThresholdStore {
    private static final Logger LOG = LoggerFactory.getLogger(ConfiguredThresholds.class);

    private final Supplier<ConfigurationAdmin> admin;
    private volatile List<ConfigurationProblem> problems = List.of();
    private volatile ThresholdSettings settings = ThresholdSettings.DEFAULT;

    /** @param admin gives {@code null} while there is none */
    ConfiguredThresholds(Supplier<ConfigurationAdmin> admin) {
        this.admin = admin;
    }

    /** The configuration is another one. What is out of range is refused as a whole, and what was valid before stays. */
    void configured(Map<String, Object> properties) {
        try {
            ThresholdSettings next = ThresholdSettings.of(properties);
            if (!next.equals(settings)) {
                LOG.info("{}: {}", ThresholdConfig.PID, next);
            }
            settings = next;
            problems = List.of();
        } catch (IllegalArgumentException e) {
            String reason = e.getMessage() + "; what was valid before stays in force";
            LOG.warn("{}: {}", ThresholdConfig.PID, reason);
            String key = reason.split(" ", 2)[0];
            problems = List.of(new ConfigurationProblem(ThresholdConfig.PID, key, reason.substring(key.length() + 1)));
        }
    }

    /** What is wrong with the configuration. */
    List<ConfigurationProblem> problems() {
        return problems;
    }

    @Override
    public ThresholdSettings settings() {
        return settings;
    }

    @Override
    public synchronized void change(ThresholdSettings wanted) throws IOException {
        ConfigurationAdmin service = admin.get();
        if (service == null) {
            throw new IOException("there is no Configuration Admin service to keep it");
        }
        Configuration configuration = service.getConfiguration(ThresholdConfig.PID, "?");
        Dictionary<String, Object> properties = configuration.getProperties();
        Dictionary<String, Object> next = properties == null ? new Hashtable<>() : properties;
        wanted.putInto(next);
        configuration.update(next);
        settings = wanted;
    }
}
